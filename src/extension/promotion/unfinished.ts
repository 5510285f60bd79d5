import * as vscode from 'vscode';
import { promotionsFolder } from '../../adapters/home.ts';
import { JournalFolder } from '../../adapters/storage/journalFile.ts';
import type { JournalState } from '../../core/promotion/journal.ts';
import type { PromotionPlan } from '../../core/promotion/plan.ts';
import type { Services } from '../services.ts';

/** A promotion that was begun on this machine and did not come to its end. */
export interface Unfinished extends JournalState {
  readonly plan: PromotionPlan;
}

/** The oldest first. */
export async function unfinishedPromotions({ home }: Services): Promise<readonly Unfinished[]> {
  const states = await new JournalFolder(promotionsFolder(home())).unfinished();
  return states.flatMap((state) => (state.plan === null ? [] : [{ ...state, plan: state.plan }]));
}

/** As one sentence; null where there are none. */
function unfinishedText([first, ...others]: readonly Unfinished[]): string | null {
  if (first === undefined) return null;
  const name = first.name ?? first.plan.expected.name;
  return others.length === 0
    ? vscode.l10n.t('The promotion of {0} did not come to its end.', name)
    : vscode.l10n.t('The promotion of {0} and {1} more did not come to their end.', name, others.length);
}

/** Shows them in the status bar as they are now, for notifications hide by themselves; returns what it says. */
export async function showUnfinished(services: Services): Promise<string | null> {
  const text = unfinishedText(await unfinishedPromotions(services));
  const { unfinishedItem: item } = services;
  item.name = vscode.l10n.t('Unfinished promotions');
  item.text = vscode.l10n.t('$(warning) Promotion not ended');
  item.tooltip = vscode.l10n.t('{0} Click to go on.', text ?? '');
  item.command = 'avatarForge.resumePromotion';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  if (text === null) item.hide();
  else item.show();
  return text;
}
