import * as vscode from 'vscode';
import { findInstallation } from '../adapters/home.ts';
import { Secrets } from './secrets.ts';
import { Settings } from './settings.ts';

export function activate(context: vscode.ExtensionContext): void {
  const installation = findInstallation(context.extensionPath);
  const log = vscode.window.createOutputChannel('Avatar Forge', { log: true });
  const settings = new Settings(vscode.workspace);
  const secrets = new Secrets(context.secrets);
  log.info(`Avatar Forge ${installation.version}`, settings.invalid(), typeof secrets);
  context.subscriptions.push(log, settings);
}
