import * as vscode from 'vscode';
import { askAddress } from '../askAddress.ts';
import { addressOf } from '../workstations/endpoint.ts';
import type { Command } from './command.ts';

/** Forgets the token of a Blender. */
export const run: Command = async ({ settings, secrets }) => {
  const endpoint = await askAddress(settings, vscode.l10n.t('Clear token of a workstation'));
  if (endpoint === undefined) return;
  const address = addressOf(endpoint);
  await secrets.clearToken(address);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(trash) Token of {0} forgotten', address), 5000);
};
