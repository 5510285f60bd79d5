import type { Finding } from '../vrm/finding.ts';
import {
  nameTaken,
  oncePublished,
  readBackMismatch,
  refuseErrors,
  sourceMismatch,
  throwIfCancelled,
} from './failures.ts';
import { HashedBytes } from './hashing.ts';
import { isUnfinished, type JournalState, type LastingStep } from './journal.ts';
import { judgePublished } from './judge.ts';
import { contentOf, copyOf, type PromotionPlan } from './plan.ts';
import type { PromotionBytes, Staged, Target, Transfer } from './ports.ts';
import { settle } from './settle.ts';
import type { Stopwatch } from './steps.ts';
import type { PromotionPorts } from './wiring.ts';

type Ports = Pick<PromotionPorts, 'source' | 'places' | 'gate' | 'journal'>;

export interface Published {
  readonly state: 'published' | 'already-there';
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** Brings the bytes into production under a name of their own, reads them back and seals them. */
export async function publishInProduction(
  plan: PromotionPlan,
  ports: Ports,
  earlier: JournalState,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<Published> {
  const { places, journal } = ports;
  const { production } = places;
  const content = contentOf(plan);
  const done = (step: LastingStep, name: string): Promise<void> =>
    journal.append({ kind: 'done', at: new Date().toISOString(), step, name });
  const seal = (name: string): Promise<void> =>
    oncePublished(name, production.place, async () => {
      await watch.begin('seal');
      await production.seal(name, plan.source.sha256);
      await done('seal', name);
    });
  const { sha256, size } = plan.source;
  const transfer: Transfer = { signal, onBytes: (count) => watch.advance(count, size) };

  const before = await settle(places, plan, content, transfer);
  if (before.state === 'taken')
    throw await nameTaken(holderOf(ports, before.place), before.name, sha256, transfer);
  if (before.state === 'same') {
    const findings = await judgeAgain(before.name, plan, ports, watch, signal);
    await seal(before.name);
    // What an earlier run published before it was ended is this promotion's doing, and is told as such.
    const ours = isUnfinished(earlier) && (earlier.name === before.name || earlier.at === 'publish');
    return { state: ours ? 'published' : 'already-there', name: before.name, findings };
  }

  const { staged, findings } = await copyAndCheck(plan, ports, watch, signal);
  try {
    const lost: string[] = [];
    const isLink = copyOf(plan, 'production').guarantee === 'link'; // which moves no bytes
    for (;;) {
      await watch.begin('publish', isLink ? 0 : size);
      const { state, name, place } = await settle(places, plan, content, transfer, lost);
      if (state === 'taken') throw await nameTaken(holderOf(ports, place), name, sha256, transfer);
      if (state === 'same') {
        await seal(name);
        return { state: 'already-there', name, findings };
      }
      throwIfCancelled(signal);
      if ((await staged.publish(name, sha256, transfer)) === 'taken') {
        lost.push(name); // another promoter was faster since we looked
        continue;
      }
      const found = await oncePublished(name, production.place, async () => {
        await done('publish', name);
        await watch.begin('read-back', size);
        return staged.readBack(name, transfer);
      });
      if (found !== sha256) throw await readBackMismatch(production, staged, name);
      await oncePublished(name, production.place, () => done('read-back', name));
      await seal(name);
      return { state: 'published', name, findings };
    }
  } finally {
    await staged.discard();
  }
}

/** What the gate says of bytes that are there already: it was asked for the plan, but for one whose name other bytes had then. */
async function judgeAgain(
  name: string,
  plan: PromotionPlan,
  { places, gate }: Ports,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  if (plan.expected.state !== 'taken') return plan.findings;
  const tools = { production: places.production, gate };
  const { findings } = await judgePublished(name, plan.source, plan, tools, watch, signal);
  refuseErrors(plan.source.place, findings);
  return findings;
}

interface Copied {
  readonly staged: Staged;
  readonly findings: readonly Finding[];
}

/** Stages the source's bytes, compares them with the plan and lets the gate judge them; leaves nothing staged when it fails. */
async function copyAndCheck(
  plan: PromotionPlan,
  { source, places, gate }: Ports,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<Copied> {
  const { size, sha256 } = plan.source;
  await watch.begin('copy', size);
  const counted = new HashedBytes(); // hashed where they arrive, not on their way
  const passing = counted.pass(source.read(signal), source.place, size, (count) => watch.advance(count));
  const staged = await places.production.stage(plan.name, passing);
  try {
    await watch.begin('compare', size);
    const found = await arrived(staged, source, sha256, { signal, onBytes: (count) => watch.advance(count) });
    if (found !== sha256) throw sourceMismatch(source.place, `its sha256 is ${found}, not ${sha256}`);
    await watch.begin('check');
    const { findings } = await gate.check(staged.path, plan.profile, plan.kind);
    refuseErrors(source.place, findings);
    throwIfCancelled(signal);
    return { staged, findings };
  } catch (thrown) {
    await staged.discard();
    throw thrown;
  }
}

/** The sha256 of what arrived. The source stands in for its hash as long as it is the file that was hashed, before and after. */
async function arrived(
  staged: Staged,
  source: PromotionBytes,
  sha256: string,
  transfer: Transfer,
): Promise<string> {
  const isAsHashed = source.isAsHashed ?? (() => Promise.resolve(false));
  if (!(await isAsHashed())) return staged.sha256(transfer);
  const found = await staged.sha256(transfer, { sha256, read: () => source.read(transfer.signal) });
  return (await isAsHashed()) ? found : staged.sha256(transfer);
}

function holderOf({ places }: Ports, place: string | undefined): Target {
  const all = [places.production, places.mirror, places.cdn];
  return all.find((target) => target?.place === place) ?? places.production;
}
