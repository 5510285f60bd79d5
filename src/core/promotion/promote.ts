import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';
import { afterPublishing, refuseErrors } from './failures.ts';
import { isUnfinished, type LastingStep } from './journal.ts';
import { contentOf, type LeftOut, type PlannedCopy, type PromotionPlan, type Role } from './plan.ts';
import type { PublicState } from './ports.ts';
import { publishInProduction } from './publish.ts';
import { spreadTo } from './spread.ts';
import { Stopwatch, type StepTime } from './steps.ts';
import type { PromotionOptions, PromotionPorts } from './wiring.ts';

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
  readonly leftOut: readonly LeftOut[];
  /** What the gate had to say short of errors; empty where nothing had to be copied. */
  readonly findings: readonly Finding[];
  readonly steps: readonly StepTime[];
  /** It went on where an earlier run had ended. */
  readonly resumed: boolean;
  /** Leftovers of promoters that had died. */
  readonly swept: readonly string[];
}

/**
 * Publishes the bytes of a plan in production under a name that nothing had: staged, compared, judged, then given their name in one
 * step that fails if the name is taken. Then copies them to mirror and CDN, compares what everybody is served, and registers the
 * name. Can be run again after any failure or crash, and goes on from its journal; leaves one line of audit.
 *
 * Errors: `source-mismatch` (not the bytes the plan is about), `gate-refused` (data: findings), `name-taken` (data: name, place and
 * both hashes), `read-back-mismatch`, `journal-failed`, `cancelled`, and those of the ports. Where production has the file already,
 * the error's data names it as `published`.
 */
export async function promote(
  plan: PromotionPlan,
  ports: PromotionPorts,
  options: PromotionOptions = {},
): Promise<PromotionOutcome> {
  const watch = new Stopwatch(options.onProgress, (step) =>
    ports.journal.append({ kind: 'step', at: now(), step }),
  );
  const record = (name: string, outcome: string): Promise<void> =>
    ports.audit.record({
      who: ports.who,
      where: ports.places.production.place,
      what: 'promote',
      digest: plan.source.sha256,
      outcome,
      ms: Math.round(watch.elapsedMs()),
      note: `${plan.source.place} → ${name}`,
    });
  try {
    const done = await run(plan, ports, watch, options.signal);
    await record(done.name, 'ok');
    return done;
  } catch (thrown) {
    await ports.journal.append({ kind: 'stop', at: now() }).catch(() => undefined); // the first failure is the one to tell
    const code = thrown instanceof ForgeError ? thrown.code : 'internal';
    if (code !== 'audit-failed') await record(plan.name, code);
    throw thrown;
  }
}

async function run(
  plan: PromotionPlan,
  ports: PromotionPorts,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<PromotionOutcome> {
  const { places, journal } = ports;
  refuseErrors(plan.source.place, plan.findings);
  const earlier = journal.state;
  await journal.append({ kind: 'begin', at: now(), plan });
  await watch.begin('inspect');
  const swept = await places.production.sweep();
  const published = await publishInProduction(plan, ports, earlier, watch, signal);
  const { name } = published;
  try {
    const done = (step: LastingStep): Promise<void> =>
      journal.append({ kind: 'done', at: now(), step, name });
    const copies: MadeCopy[] = [{ ...copyOf(plan, 'production'), state: published.state }];
    for (const role of ['mirror', 'cdn'] as const) {
      const target = places[role];
      if (target === null) continue;
      await watch.begin(role, 2 * plan.source.size);
      const state = await spreadTo(target, name, plan, ports, watch, signal);
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
    if (ports.register !== null) {
      await watch.begin('register');
      const edits = await ports.register.edits({ kind: 'register', name });
      await ports.register.apply(edits);
      registered = edits.map(({ file }) => file);
      await done('register');
    }
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
      leftOut: plan.leftOut,
      findings: published.findings,
      steps: watch.end(),
      resumed: isUnfinished(earlier),
      swept,
    };
  } catch (thrown) {
    throw thrown instanceof ForgeError ? afterPublishing(thrown, name, places.production.place) : thrown;
  }
}

function copyOf(plan: PromotionPlan, role: Role): PlannedCopy {
  const planned = plan.copies.find((one) => one.role === role);
  if (planned === undefined) throw new TypeError(`the plan knows no ${role}`);
  return planned;
}

function now(): string {
  return new Date().toISOString();
}
