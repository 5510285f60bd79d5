import * as vscode from 'vscode';
import { askService } from '../askService.ts';
import type { Command } from './command.ts';

/** Forgets the API key that meshes are generated with. */
export const run: Command = async ({ secrets }) => {
  const chosen = await askService(vscode.l10n.t('Clear Hyper3D API key'));
  if (chosen === undefined) return;
  await secrets.service(chosen.service).forget();
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(trash) API key of {0} forgotten', chosen.label), 5000);
};
