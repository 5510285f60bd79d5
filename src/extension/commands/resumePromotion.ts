import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { resume } from '../promotion/resume.ts';
import { unfinishedPromotions } from '../promotion/unfinished.ts';
import type { Command } from './command.ts';

/** Goes on with a promotion that did not come to its end. Returns the name it got. */
export const run: Command = async (services) => {
  const found = await unfinishedPromotions(services);
  const [only, other] = found;
  if (only === undefined) {
    throw new ForgeError(
      'nothing-to-resume',
      vscode.l10n.t('Every promotion of this machine has come to its end.'),
      vscode.l10n.t('Promote an avatar.'),
    );
  }
  if (other === undefined) return resume(services, only);
  const picked = await vscode.window.showQuickPick(
    found.map((state) => ({
      label: state.name ?? state.plan.expected.name,
      description: state.plan.source.place,
      state,
    })),
    { title: vscode.l10n.t('Resume promotion') },
  );
  return picked === undefined ? undefined : resume(services, picked.state);
};
