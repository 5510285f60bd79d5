import type { PromotionPlan } from './plan.ts';
import type { PromotionStep } from './steps.ts';

/**
 * What a promotion writes down while it runs, so that another process can go on where it ended: what was begun, and what was done.
 * A line that is lost means that a step is done once more, which is harmless.
 */
export type JournalEntry =
  | { readonly kind: 'begin'; readonly at: string; readonly plan: PromotionPlan }
  /** A step is about to be made. */
  | { readonly kind: 'step'; readonly at: string; readonly step: PromotionStep }
  /** A step was made, for the file of this name. */
  | { readonly kind: 'done'; readonly at: string; readonly step: LastingStep; readonly name: string }
  /** It failed, and nobody is at it any more; after a crash this line is missing. */
  | { readonly kind: 'stop'; readonly at: string }
  /** It failed for good before anything was published: there is nothing to go on with. */
  | { readonly kind: 'abandon'; readonly at: string }
  | { readonly kind: 'end'; readonly at: string; readonly name: string };

/** The steps that leave something behind, outside this machine. */
export type LastingStep = 'publish' | 'read-back' | 'seal' | 'mirror' | 'cdn' | 'cdn-check' | 'register';

/** What a journal tells. */
export interface JournalState {
  /** Null where nothing was begun. */
  readonly plan: PromotionPlan | null;
  /** The name that was given in production; null before. */
  readonly name: string | null;
  readonly done: readonly LastingStep[];
  /** The step under way when the last line was written. */
  readonly at: PromotionStep | null;
  /** When that was, ISO 8601. */
  readonly since: string | null;
  readonly ended: boolean;
}

export const emptyJournal: JournalState = {
  plan: null,
  name: null,
  done: [],
  at: null,
  since: null,
  ended: false,
};

/**
 * The state after one more line. A promotion that begins again goes on with what was done before, unless that had ended. Two runs
 * beside each other write into one journal: what one is still at has not ended by the other's end.
 */
export function follow(state: JournalState, entry: JournalEntry): JournalState {
  const since = entry.at;
  switch (entry.kind) {
    case 'begin':
      return state.ended
        ? { ...emptyJournal, plan: entry.plan, since }
        : { ...state, plan: entry.plan, since };
    case 'step':
      return { ...state, at: entry.step, ended: false, since };
    case 'done': {
      const before = state.name === null || state.name === entry.name ? state.done : [];
      return { ...state, name: entry.name, done: [...new Set([...before, entry.step])], ended: false, since };
    }
    case 'stop':
      return { ...state, since };
    case 'abandon':
      return { ...state, ended: state.name === null, since };
    case 'end':
      return { ...state, name: entry.name, ended: true, since };
  }
}

/** Whether something was begun that did not come to its end. */
export function isUnfinished({ plan, ended }: JournalState): boolean {
  return plan !== null && !ended;
}

/**
 * Whether what one promotion left undone another has done since: the same bytes under the same name in the same production, and
 * every role filled that was, be it by another place now, for the first may have been mistyped.
 */
export function isOvertaken({ plan, since }: JournalState, by: JournalState): boolean {
  if (plan === null || by.plan === null || !by.ended || by.name === null) return false;
  if ((by.since ?? '') < (since ?? '') || by.plan.name !== plan.name) return false;
  const [made, left] = [by.plan.copies, plan.copies];
  return (
    by.plan.source.sha256 === plan.source.sha256 &&
    made[0]?.place === left[0]?.place &&
    left.every(({ role }) => made.some((copy) => copy.role === role)) &&
    (plan.publicUrl === null || by.plan.publicUrl !== null) &&
    (plan.register === null || by.plan.register !== null)
  );
}

/** The memory of one promotion. Errors: `journal-failed`. */
export interface Journal {
  readonly state: JournalState;
  /** Returns when the line is written; that something was done, when it is on the disk. */
  append(entry: JournalEntry): Promise<void>;
}
