import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import type { Command } from './command.ts';

/** Opens the screen of the current workstation in a browser. Error: `no-screen`. */
export const run: Command = async ({ workstations }) => {
  const { label, screenUrl } = workstations.info();
  if (screenUrl === null) {
    throw new ForgeError(
      'no-screen',
      vscode.l10n.t('Nothing is known of a web page that shows the screen of {0}.', label),
      vscode.l10n.t('Set avatarForge.workstation.browserUrl, for a workstation at an endpoint.'),
    );
  }
  return vscode.env.openExternal(vscode.Uri.parse(screenUrl, true));
};
