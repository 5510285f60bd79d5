import * as vscode from 'vscode';
import { withProgress } from '../progress.ts';
import type { CommandSpec } from './command.ts';

/** Brings the current workstation up; cancelling stops it. Returns the port. */
export const startWorkstation: CommandSpec = {
  id: 'avatarForge.startWorkstation',
  async run({ workstations }) {
    const { label } = workstations.info();
    const { port } = await withProgress(vscode.l10n.t('Starting Blender: {0}', label), async ({ signal }) => {
      signal.addEventListener('abort', () => void workstations.stop());
      return workstations.start();
    });
    return port;
  },
};
