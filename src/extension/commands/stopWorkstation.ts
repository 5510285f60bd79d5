import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** Saves the scene, then ends what was started here. */
export const run: Command = async ({ workstations }) => {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Saving and stopping Blender') },
    () => workstations.stop(),
  );
};
