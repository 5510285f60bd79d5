import * as vscode from 'vscode';
import { ForgeError } from '../core/errors.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import type { Settings } from './settings.ts';
import { addressOf, parseEndpoint } from './workstations/endpoint.ts';

/** Asks for the address of a Blender; the one in the settings is proposed. Undefined where the user left. */
export async function askAddress(settings: Settings, title: string): Promise<BlenderEndpoint | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The address of a Blender: host:port, or a tls:// or wss:// URL'),
    value: settings.get('workstation.endpoint').replace(/^tcp:\/\//, ''),
    placeHolder: '127.0.0.1:9876',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        addressOf(parseEndpoint(value.trim()));
        return undefined;
      } catch (thrown) {
        return thrown instanceof ForgeError ? thrown.message : String(thrown);
      }
    },
  });
  return text === undefined ? undefined : parseEndpoint(text.trim());
}
