import * as vscode from 'vscode';
import { askAddress } from '../askAddress.ts';
import { addressOf } from '../workstations/endpoint.ts';
import type { Command } from './command.ts';

/** Keeps the token of a Blender in the editor's secret storage. */
export const run: Command = async ({ settings, secrets }) => {
  const title = vscode.l10n.t('Set token of a workstation');
  const endpoint = await askAddress(settings, title);
  if (endpoint === undefined) return;
  const address = addressOf(endpoint);
  const token = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The token that is set in the add-on of the Blender at {0}', address),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? vscode.l10n.t('It is empty.') : undefined),
  });
  if (token === undefined) return;
  await secrets.setToken(address, token);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(key) Token of {0} kept', address), 5000);
};
