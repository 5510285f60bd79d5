import * as vscode from 'vscode';
import { askAddress } from '../askAddress.ts';
import { addressOf } from '../workstations/endpoint.ts';
import type { CommandSpec } from './command.ts';

/** Forgets the token of a Blender. */
export const clearToken: CommandSpec = {
  id: 'avatarForge.clearToken',
  async run({ settings, secrets }) {
    const endpoint = await askAddress(settings, vscode.l10n.t('Clear token of a workstation'));
    if (endpoint === undefined) return;
    const address = addressOf(endpoint);
    await secrets.clearToken(address);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(trash) Token of {0} forgotten', address), 5000);
  },
};
