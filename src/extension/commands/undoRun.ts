import * as vscode from 'vscode';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** Takes back what the last code that was let into Blender did: restores the checkpoint made before it. */
export const run: Command = async ({ approver }) => {
  const id = await withProgress(vscode.l10n.t('Undoing the last run of code'), () => approver.undo());
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(discard) The run was undone'), 5000);
  return id;
};
