import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { PromotionPlan } from '../../core/promotion/plan.ts';
import type { Places, PromotionBytes } from '../../core/promotion/ports.ts';
import { promote, type PromotionOutcome } from '../../core/promotion/promote.ts';
import type { PromotionOptions } from '../../core/promotion/wiring.ts';
import { type Work, withProgress } from '../progress.ts';
import { progressText, promotedFraction } from '../promotionText.ts';
import type { Services } from '../services.ts';
import type { Desk } from './desk.ts';
import type { EditorCheckout } from './editorCheckout.ts';
import { showUnfinished } from './unfinished.ts';

/** What a plan is carried out with. */
export interface Tools extends Pick<Desk, 'journals' | 'gate'> {
  readonly places: Places;
  readonly register: EditorCheckout | null;
  readonly source: PromotionBytes;
}

/** Runs a plan that a person has said yes to, under a notification with its bytes; tells how it ended. */
export async function carryOut(
  services: Services,
  plan: PromotionPlan,
  tools: Tools,
): Promise<PromotionOutcome> {
  const journal = await tools.journals.open(plan);
  const told = { audit: services.audit, who: `person ${userInfo().username}` };
  try {
    const done = await withProgress(vscode.l10n.t('Promoting {0}', plan.expected.name), (work) =>
      promote(plan, { ...tools, ...told, journal }, promotionOptions(work)),
    );
    services.log.info(`${done.outcome}: ${done.name} in ${done.place}, sha256 ${done.sha256}`);
    return done;
  } finally {
    services.served.forget();
    services.avatars.refresh('everything');
    await showUnfinished(services);
  }
}

export function promotionOptions({ signal, onProgress }: Work): PromotionOptions {
  return {
    signal,
    onProgress: (progress) =>
      onProgress({
        fraction: promotedFraction(progress),
        message: progressText(progress, vscode.l10n.t),
      }),
  };
}

/** How it ended, with what can be done next. */
export function tell(done: PromotionOutcome): void {
  const { newerListed } = done;
  const everywhere = done.served !== null && done.registered !== null && newerListed === null;
  const message =
    done.outcome === 'already-promoted'
      ? vscode.l10n.t('{0} is already in {1}, with the same bytes.', done.name, done.place)
      : everywhere
        ? vscode.l10n.t('{0} is published, served to everybody, and can be chosen.', done.name)
        : vscode.l10n.t('{0} is published in {1}.', done.name, done.place);
  const kept =
    newerListed === null
      ? ''
      : ` ${vscode.l10n.t('The allowlists name {0}, which is newer, and stay as they are.', newerListed)}`;
  const url = done.served?.url;
  const copy = vscode.l10n.t('Copy address');
  void vscode.window
    .showInformationMessage(message + kept, ...(url === undefined ? [] : [copy]))
    .then((chosen) => {
      if (chosen === copy && url !== undefined) void vscode.env.clipboard.writeText(url);
    });
}
