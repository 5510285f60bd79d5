import { createHash } from 'node:crypto';
import type { AuditPort } from '../ports.ts';
import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';
import { type PromotionPlan, settle, type Settlement } from './plan.ts';
import type { Gate, Production, Source, Staged } from './ports.ts';
import { type PromotionProgress, Stopwatch, type StepTime } from './steps.ts';

/** How a promotion ended well. Every other end is a {@link ForgeError}. */
export interface PromotionOutcome {
  readonly outcome: 'promoted' | 'already-promoted';
  readonly name: string;
  readonly place: string;
  readonly sha256: string;
  readonly size: number;
  /** What the gate had to say short of errors; empty where nothing had to be copied. */
  readonly findings: readonly Finding[];
  readonly steps: readonly StepTime[];
  /** Leftovers of promoters that had died. */
  readonly swept: readonly string[];
}

/** What a rehearsal found out: the gate's word on the very bytes, and the name they would get. */
export interface Rehearsal {
  readonly expected: Settlement;
  readonly sha256: string;
  readonly findings: readonly Finding[];
  readonly steps: readonly StepTime[];
}

export interface PromotionPorts {
  readonly source: Source;
  readonly production: Production;
  readonly gate: Gate;
}

export interface PromotionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at least 5 times a second while bytes flow, and at the start of every step. */
  readonly onProgress?: ((progress: PromotionProgress) => void) | undefined;
}

/**
 * Publishes a source's bytes in production under a name that nothing had: staged, compared, judged, then given their name in one
 * atomic step that fails if the name is taken. Can be run again after any failure or crash; leaves one line of audit.
 *
 * Errors: `source-mismatch` (not the bytes the plan is about), `gate-refused` (data: findings), `name-taken` (data: name and both
 * hashes), `read-back-mismatch`, `cancelled`, and those of {@link Source} and {@link Production}.
 */
export async function promote(
  plan: PromotionPlan,
  ports: PromotionPorts & { readonly audit: AuditPort; readonly who: string },
  options: PromotionOptions = {},
): Promise<PromotionOutcome> {
  const watch = new Stopwatch(options.onProgress);
  const record = (name: string, digest: string, outcome: string): Promise<void> =>
    ports.audit.record({
      who: ports.who,
      where: plan.production.place,
      what: 'promote',
      digest,
      outcome,
      ms: Math.round(watch.elapsedMs()),
      note: `${plan.source.place} → ${name}`,
    });
  try {
    const done = await run(plan, ports, watch, options.signal);
    await record(done.name, done.sha256, 'ok');
    return done;
  } catch (thrown) {
    const code = thrown instanceof ForgeError ? thrown.code : 'internal';
    if (code !== 'audit-failed') await record(plan.name, plan.source.digest.hex, code);
    throw thrown;
  }
}

/**
 * Does everything short of publishing: copies to `scratch`, compares, asks the gate and looks for the name. Production is only
 * read. Errors: as {@link promote}, but a taken name is in the result.
 */
export async function rehearse(
  plan: PromotionPlan,
  ports: PromotionPorts & { readonly scratch: Pick<Production, 'stage'> },
  options: PromotionOptions = {},
): Promise<Rehearsal> {
  const watch = new Stopwatch(options.onProgress);
  const copied = await copyAndCheck(plan, ports.source, ports.scratch, ports.gate, watch, options.signal);
  await copied.staged.discard();
  const digest = { algorithm: 'sha256', hex: copied.sha256 } as const;
  const expected = await settle(ports.production, plan, { size: plan.source.size, digest }, options.signal);
  return { expected, sha256: copied.sha256, findings: copied.findings, steps: watch.end() };
}

async function run(
  plan: PromotionPlan,
  { source, production, gate }: PromotionPorts,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<PromotionOutcome> {
  watch.begin('inspect');
  const swept = await production.sweep();
  const { size, digest } = plan.source;

  const finish = async (
    outcome: PromotionOutcome['outcome'],
    name: string,
    sha256: string,
    findings: readonly Finding[],
  ): Promise<PromotionOutcome> => {
    watch.begin('seal');
    await production.seal(name, sha256);
    return { outcome, name, place: production.place, sha256, size, findings, steps: watch.end(), swept };
  };

  if (digest.algorithm === 'sha256') {
    // Nothing needs to be copied to know that it is there already, or that its name is gone.
    const settled = await settle(production, plan, plan.source, signal);
    if (settled.state === 'same') return finish('already-promoted', settled.name, digest.hex, []);
    if (settled.state === 'taken') throw await nameTaken(production, settled.name, digest.hex);
  }

  const { staged, sha256, findings } = await copyAndCheck(plan, source, production, gate, watch, signal);
  try {
    const bytes = { size, digest: { algorithm: 'sha256', hex: sha256 } } as const;
    const lost: string[] = [];
    for (;;) {
      watch.begin('publish');
      const { state, name } = await settle(production, plan, bytes, signal, lost);
      if (state === 'same') return await finish('already-promoted', name, sha256, findings);
      if (state === 'taken') throw await nameTaken(production, name, sha256);
      throwIfCancelled(signal);
      if ((await staged.publish(name)) === 'taken') {
        lost.push(name); // another promoter was faster since we looked
        continue;
      }
      watch.begin('read-back');
      if ((await production.digest(name, 'sha256')) !== sha256) {
        await staged.withdraw(name);
        throw new ForgeError(
          'read-back-mismatch',
          `${name} read back from ${production.place} is not what was written; the name was taken back.`,
          'Check that storage for faults, then promote again.',
        );
      }
      return await finish('promoted', name, sha256, findings);
    }
  } finally {
    await staged.discard();
  }
}

interface Copied {
  readonly staged: Staged;
  readonly sha256: string;
  readonly findings: readonly Finding[];
}

/** Stages the source's bytes, compares them with the plan and lets the gate judge them; leaves nothing staged when it fails. */
async function copyAndCheck(
  plan: PromotionPlan,
  source: Source,
  target: Pick<Production, 'stage'>,
  gate: Gate,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<Copied> {
  const { size, digest } = plan.source;
  watch.begin('copy', size);
  const sha256 = createHash('sha256');
  const md5 = digest.algorithm === 'md5' ? createHash('md5') : null;
  let copied = 0;
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.read(signal)) {
      copied += chunk.length;
      if (copied > size) throw mismatch(plan, `it has more than the ${size} bytes it said`);
      sha256.update(chunk);
      md5?.update(chunk);
      watch.advance(copied);
      yield chunk;
    }
    throwIfCancelled(signal);
    // Before anything is made durable, and before anybody could take the staged file for a whole one.
    if (copied !== size) throw mismatch(plan, `it ended after ${copied} of ${size} bytes`);
  }
  const staged = await target.stage(plan.name, hashed());
  try {
    watch.begin('compare');
    const sha256Hex = sha256.digest('hex');
    const hex = md5?.digest('hex') ?? sha256Hex;
    if (hex !== digest.hex) throw mismatch(plan, `its ${digest.algorithm} is ${hex}, not ${digest.hex}`);
    watch.begin('check');
    const findings = await gate.check(staged.path, plan.profile);
    const errors = findings.filter((finding) => finding.severity === 'error');
    if (errors.length > 0) throw gateRefused(plan, findings, errors);
    throwIfCancelled(signal);
    return { staged, sha256: sha256Hex, findings };
  } catch (thrown) {
    await staged.discard();
    throw thrown;
  }
}

function mismatch(plan: PromotionPlan, how: string): ForgeError {
  return new ForgeError(
    'source-mismatch',
    `What came from ${plan.source.place} is not what it described: ${how}. Nothing was published.`,
    'It was changed or damaged on the way: promote again, and export again if it stays so.',
  );
}

function gateRefused(
  plan: PromotionPlan,
  findings: readonly Finding[],
  errors: readonly Finding[],
): ForgeError {
  const [first] = errors;
  return new ForgeError(
    'gate-refused',
    `${plan.source.place} is not fit for production: ${errors.length} error${errors.length === 1 ? '' : 's'}, ` +
      `first ${first?.code ?? ''}: ${first?.message ?? ''}`,
    first?.next ?? 'Mend it and export again.',
    { data: { findings } },
  );
}

async function nameTaken(production: Production, name: string, sha256: string): Promise<ForgeError> {
  const holds = await production.digest(name, 'sha256');
  return new ForgeError(
    'name-taken',
    `${name} in ${production.place} holds other bytes (sha256 ${holds.slice(0, 12)}…, not ${sha256.slice(0, 12)}…); ` +
      'a promoted file never changes.',
    'Promote without --exact to publish the next version, or give another --name.',
    { data: { name, published: holds, offered: sha256 } },
  );
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new ForgeError(
      'cancelled',
      'The promotion was cancelled; nothing was published.',
      'Promote again.',
    );
  }
}
