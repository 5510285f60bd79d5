import * as vscode from 'vscode';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** Brings the current workstation up; cancelling stops it. Returns the port. */
export const run: Command = async ({ workstations, settings }) => {
  const title =
    settings.get('workstation.provider') === 'thisMachine'
      ? vscode.l10n.t('Starting Blender')
      : vscode.l10n.t('Connecting to {0}', workstations.info().label);
  const { port } = await withProgress(title, async ({ signal }) => {
    signal.addEventListener('abort', () => void workstations.stop());
    return workstations.start();
  });
  return port;
};
