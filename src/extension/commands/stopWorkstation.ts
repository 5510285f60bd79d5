import * as vscode from 'vscode';
import type { CommandSpec } from './command.ts';

/** Saves a checkpoint, then ends what was started here. */
export const stopWorkstation: CommandSpec = {
  id: 'avatarForge.stopWorkstation',
  async run({ workstations }) {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Saving and stopping Blender') },
      () => workstations.stop(),
    );
  },
};
