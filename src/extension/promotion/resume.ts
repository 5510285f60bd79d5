import * as vscode from 'vscode';
import { promotionsFolder } from '../../adapters/home.ts';
import { JournalFolder } from '../../adapters/storage/journalFile.ts';
import type { PlaceSettings } from '../../adapters/storage/places.ts';
import type { JournalState } from '../../core/promotion/journal.ts';
import type { PromotionPlan, Role } from '../../core/promotion/plan.ts';
import type { Services } from '../services.ts';
import { carryOut, tell } from './carryOut.ts';
import { checkoutIn, openDesk } from './desk.ts';

/** A promotion that was begun on this machine and did not come to its end. */
export interface Unfinished extends JournalState {
  readonly plan: PromotionPlan;
}

/** The oldest first. */
export async function unfinishedPromotions({ home }: Services): Promise<readonly Unfinished[]> {
  const states = await new JournalFolder(promotionsFolder(home())).unfinished();
  return states.flatMap((state) => (state.plan === null ? [] : [{ ...state, plan: state.plan }]));
}

/** At the start of a window: asks whether to go on with what a crash, or a lost network, has ended. */
export async function offerToResume(services: Services): Promise<void> {
  const [first, ...others] = await unfinishedPromotions(services);
  if (first === undefined) return;
  const name = first.name ?? first.plan.expected.name;
  const message =
    others.length === 0
      ? vscode.l10n.t('The promotion of {0} did not come to its end.', name)
      : vscode.l10n.t('The promotion of {0} and {1} more did not come to their end.', name, others.length);
  const goOn = vscode.l10n.t('Go on');
  if ((await vscode.window.showWarningMessage(message, goOn)) !== goOn) return;
  await vscode.commands.executeCommand('avatarForge.resumePromotion');
}

/** Goes on where the journal ends, with the places and the bytes of its plan. Returns the name. */
export async function resume(services: Services, { plan }: Unfinished): Promise<string> {
  const desk = await openDesk(services);
  const places = desk.opener.places(placesIn(plan), plan.kind);
  const source = desk.opener.source(plan.source.place);
  const register = plan.register === null ? null : checkoutIn(services, plan.register.place);
  const done = await carryOut(services, plan, { ...desk, places, register, source });
  tell(done);
  return done.name;
}

/** The roles as they were when the plan was made, whatever is set now. */
function placesIn({ copies, publicUrl, kind }: PromotionPlan): PlaceSettings {
  const below = kind === 'animation' ? /[/\\]animations$/ : /$/;
  const of = (role: Role): string | undefined =>
    copies.find((copy) => copy.role === role)?.place.replace(below, '');
  const production = of('production');
  if (production === undefined) throw new TypeError('a plan without production');
  const served = publicUrl?.replace(/[^/]*$/, '').replace(kind === 'animation' ? /animations\/$/ : /$/, '');
  return { production, mirror: of('mirror'), cdn: of('cdn'), publicUrl: served };
}
