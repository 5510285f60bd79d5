import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';
import { oncePublished, refuseErrors } from './failures.ts';
import { isUnfinished, type JournalState, type LastingStep } from './journal.ts';
import { contentOf, copyOf, type LeftOut, type PlannedCopy, type PromotionPlan } from './plan.ts';
import type { PublicState } from './ports.ts';
import { publishInProduction } from './publish.ts';
import { registrationOf } from './registration.ts';
import { spreadTo } from './spread.ts';
import { Stopwatch, type StepTime } from './steps.ts';
import type { PromotionOptions, PromotionPorts } from './wiring.ts';
import { needWord } from './word.ts';

/** A copy as it is at the end. */
export interface MadeCopy extends PlannedCopy {
  readonly state: 'published' | 'already-there';
}

/** How a promotion ended well. Every other end is a {@link ForgeError}. */
export interface PromotionOutcome {
  /** What became of it in production. */
  readonly outcome: 'promoted' | 'already-promoted';
  readonly name: string;
  readonly place: string;
  readonly sha256: string;
  readonly size: number;
  readonly copies: readonly MadeCopy[];
  /** What the public URL serves; null without one. */
  readonly served: PublicState | null;
  /** The files of the companion app's checkout that were edited; null without one. */
  readonly registered: readonly string[] | null;
  /** The newer version that the allowlists name, and for whose sake they were left as they are; null where there was none. */
  readonly newerListed: string | null;
  readonly leftOut: readonly LeftOut[];
  /** What the gate had to say short of errors. */
  readonly findings: readonly Finding[];
  readonly steps: readonly StepTime[];
  /** It went on where an earlier run had ended. */
  readonly resumed: boolean;
  /** Leftovers of promoters that had died. */
  readonly swept: readonly string[];
}

/** Errors that end a promotion for good: to go on with it, if nothing is published, would be to begin it again. */
const refusals: readonly string[] = [
  'cancelled',
  'gate-refused',
  'name-looks-alike',
  'name-taken',
  'source-mismatch',
  'source-missing',
];

/**
 * Publishes the bytes of a plan in production under a name that nothing had: staged, compared, judged, then given their name in one
 * step that fails if the name is taken. Then copies them to mirror and CDN, compares what everybody is served, and registers the
 * name. Can be run again after any failure or crash, and goes on from its journal. Leaves a line of audit before it changes anything
 * (outcome `started`), and one when it ends.
 *
 * Errors: `source-mismatch` (not the bytes the plan is about), `gate-refused` (data: findings), `name-taken` (data: name, place and
 * both hashes), `read-back-mismatch`, `copy-mismatch`, `journal-failed`, `audit-failed`, `cancelled`, and those of the ports. Where
 * production has the file already, the error's data names it as `published`.
 */
export async function promote(
  plan: PromotionPlan,
  ports: PromotionPorts,
  options: PromotionOptions = {},
): Promise<PromotionOutcome> {
  const { journal } = ports;
  const watch = new Stopwatch(options.onProgress, (step) =>
    journal.append({ kind: 'step', at: now(), step }),
  );
  const record: WriteAudit = (name, outcome) =>
    ports.audit.record({
      who: ports.who,
      where: ports.places.production.place,
      what: 'promote',
      digest: plan.source.sha256,
      outcome,
      ms: Math.round(watch.elapsedMs()),
      note: [
        `${plan.source.place} → ${name}`,
        ...needWord(plan.findings).map(({ code }) => `in spite of ${code}`),
      ].join(', '),
    });
  const earlier = journal.state;
  try {
    return await run(plan, ports, earlier, record, watch, options.signal);
  } catch (thrown) {
    const code = thrown instanceof ForgeError ? thrown.code : 'internal';
    const isOver = refusals.includes(code) && !mayBePublished(earlier, journal.state, code);
    // The first failure is the one to tell, whatever cannot be written of it.
    await journal.append({ kind: isOver ? 'abandon' : 'stop', at: now() }).catch(() => undefined);
    await record(plan.name, code).catch(() => undefined);
    throw thrown;
  }
}

type WriteAudit = (name: string, outcome: string) => Promise<void>;

/** Whether this run or an earlier one has given the name, or was about to when it was ended. */
function mayBePublished(earlier: JournalState, state: JournalState, code: string): boolean {
  if (state.name !== null || (isUnfinished(earlier) && earlier.at === 'publish')) return true;
  return code === 'cancelled' && state.at === 'publish';
}

async function run(
  plan: PromotionPlan,
  ports: PromotionPorts,
  earlier: JournalState,
  record: WriteAudit,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<PromotionOutcome> {
  const { places, journal } = ports;
  refuseErrors(plan.source.place, plan.findings);
  await record(plan.expected.name, 'started');
  await journal.append({ kind: 'begin', at: now(), plan });
  await watch.begin('inspect');
  const swept = await places.production.sweep();
  const published = await publishInProduction(plan, ports, earlier, watch, signal);
  const { name } = published;
  return oncePublished(name, places.production.place, async () => {
    const done = (step: LastingStep): Promise<void> =>
      journal.append({ kind: 'done', at: now(), step, name });
    const copies: MadeCopy[] = [{ ...copyOf(plan, 'production'), state: published.state }];
    for (const role of ['mirror', 'cdn'] as const) {
      const target = places[role];
      if (target === null) continue;
      const state = await spreadTo({ role, target }, name, plan, ports, watch, signal);
      await done(role);
      copies.push({ ...copyOf(plan, role), state });
    }
    let served: PublicState | null = null;
    if (places.publicUrl !== null) {
      await watch.begin('cdn-check', plan.source.size);
      const transfer = { signal, onBytes: (bytes: number) => watch.advance(bytes) };
      served = await places.publicUrl.verify(name, contentOf(plan), transfer);
      await done('cdn-check');
    }
    let registered: readonly string[] | null = null;
    let newerListed: string | null = null;
    if (ports.register !== null) {
      await watch.begin('register');
      const { edits, newer } = await registrationOf(ports.register, name);
      await ports.register.apply(edits);
      registered = edits.map(({ file }) => file);
      newerListed = newer;
      await done('register');
    }
    await record(name, 'ok');
    await journal.append({ kind: 'end', at: now(), name });
    return {
      outcome: published.state === 'published' ? 'promoted' : 'already-promoted',
      name,
      place: places.production.place,
      sha256: plan.source.sha256,
      size: plan.source.size,
      copies,
      served,
      registered,
      newerListed,
      leftOut: plan.leftOut,
      findings: published.findings,
      steps: watch.end(),
      resumed: isUnfinished(earlier),
      swept,
    };
  });
}

function now(): string {
  return new Date().toISOString();
}
