import * as vscode from 'vscode';
import { z } from 'zod';
import { audited } from '../audited.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

const created = z.object({ id: z.string() });
/** What the command `checkpoint` takes. */
const longestLabel = 200;

/** Saves the scene under a label, to go back to. Returns the checkpoint's id. */
export const run: Command = async (services) => {
  const label = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save checkpoint'),
    prompt: vscode.l10n.t('A label to find it by'),
    validateInput: (value) =>
      value.length > longestLabel
        ? vscode.l10n.t('At most {0} characters, please.', longestLabel)
        : undefined,
  });
  if (label === undefined) return undefined;
  const params = { action: 'create', label: label.trim() };
  const answer = await withProgress(vscode.l10n.t('Saving a checkpoint'), (work) =>
    audited(services, 'checkpoint', params, () =>
      services.blender.call('checkpoint', params, { ...work, deadlineMs: 120_000 }),
    ),
  );
  const { id } = created.parse(answer);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Checkpoint saved'), 5000);
  return id;
};
