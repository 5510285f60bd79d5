import * as vscode from 'vscode';
import { z } from 'zod';
import { ForgeError } from '../../core/errors.ts';
import { plainText } from '../../core/untrusted.ts';
import { audited } from '../audited.ts';
import { withProgress } from '../progress.ts';
import { bytesText } from '../text.ts';
import type { Command } from './command.ts';

const listing = z.object({
  checkpoints: z.array(
    z.object({ id: z.string(), label: z.string(), at: z.string(), size: z.number(), by: z.string() }),
  ),
});

/** Goes back to a checkpoint that the user picks; the scene as it is becomes a checkpoint before. Returns the id. */
export const run: Command = async (services) => {
  const { blender } = services;
  const title = vscode.l10n.t('Restore checkpoint');
  const answer = await withProgress(vscode.l10n.t('Reading the checkpoints'), (work) =>
    blender.call('checkpoint', { action: 'list' }, { ...work, retry: true }),
  );
  const { checkpoints } = listing.parse(answer);
  if (checkpoints.length === 0) {
    throw new ForgeError(
      'no-checkpoints',
      vscode.l10n.t('There is no checkpoint yet.'),
      vscode.l10n.t('Save one with Save checkpoint….'),
    );
  }
  const picked = await vscode.window.showQuickPick(
    checkpoints.map(({ id, label, at, size, by }) => ({
      id,
      label: plainText(label, 100) || vscode.l10n.t('(no label)'),
      description: new Date(at).toLocaleString(vscode.env.language),
      detail: `${by === 'user' ? vscode.l10n.t('saved by you') : vscode.l10n.t('automatic')} · ${bytesText(size)}`,
    })),
    {
      title,
      placeHolder: vscode.l10n.t('The scene as it is now is kept as a checkpoint, too'),
      matchOnDescription: true,
    },
  );
  if (picked === undefined) return undefined;
  const params = { action: 'restore', id: picked.id };
  await withProgress(vscode.l10n.t('Restoring {0}', picked.label), (work) =>
    audited(services, 'checkpoint', params, () =>
      blender.call('checkpoint', params, { ...work, deadlineMs: 120_000 }),
    ),
  );
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Checkpoint restored'), 5000);
  return picked.id;
};
