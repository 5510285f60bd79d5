import { ForgeError } from '../errors.ts';
import { AheadSource } from './aheadSource.ts';
import { sourceMismatch, throwIfCancelled } from './failures.ts';
import { HashedBytes } from './hashing.ts';
import { judgePublished } from './judge.ts';
import { kindOf, parseName, type PromotionKind, versionsOf, withExtension } from './names.ts';
import type { LeftOut, PlannedCopy, PromotionPlan, PromotionRequest, Role } from './plan.ts';
import type {
  Content,
  Places,
  PromotionBytes,
  Register,
  Source,
  SourceVersion,
  Staging,
  Verdict,
} from './ports.ts';
import { registrationOf } from './registration.ts';
import { settle, type Settlement } from './settle.ts';
import { Stopwatch } from './steps.ts';
import { differencesOf } from './summary.ts';
import type { DraftPorts, PromotionOptions } from './wiring.ts';

/** A plan, and the bytes it is about until `discard`. */
export interface Draft {
  readonly plan: PromotionPlan;
  /** To promote from: what was fetched for the plan is not fetched again. */
  readonly source: PromotionBytes;
  discard(): Promise<void>;
}

/**
 * Looks at the source and at every place, asks the gate, and says what a promotion would do. Changes nothing, but for the file by
 * which a server is asked whether it keeps names from being given twice.
 *
 * Errors: `bad-name`, `name-looks-alike`, `source-empty`, `source-mismatch` (not the bytes their store describes) and those of
 * the ports.
 */
export async function draftPromotion(
  request: PromotionRequest,
  ports: DraftPorts,
  options: PromotionOptions = {},
): Promise<Draft> {
  if (request.name !== undefined) parseName(withExtension(request.name));
  if (ports.source.path !== null) return draftFrom(ports.source, request, ports, options);
  const source = new AheadSource(ports.source, options.signal);
  try {
    return await draftFrom(source, request, ports, options);
  } finally {
    source.drop();
  }
}

async function draftFrom(
  source: Source,
  request: PromotionRequest,
  ports: DraftPorts,
  { signal, onProgress }: PromotionOptions,
): Promise<Draft> {
  const { places, gate } = ports;
  const watch = new Stopwatch(onProgress);
  await watch.begin('inspect');
  await ports.staging.sweep();
  const version = await source.inspect(signal);
  const kind = kindOf(version.name);
  const name = parseName(withExtension(request.name ?? version.name, kind));
  if (version.size === 0) {
    throw new ForgeError('source-empty', `${source.place} has no bytes.`, 'Export it again, then promote.');
  }
  const asked = { name, exact: request.exact };
  const comparing = { signal, onBytes: (bytes: number) => watch.advance(bytes, version.size) };
  const planOf = async (sha256: string, verdict: Verdict, expected: Settlement): Promise<PromotionPlan> => {
    const previous = await previousOf(ports, name, expected, kind, watch, signal);
    return {
      ...asked,
      kind,
      profile: request.profile,
      source: { place: source.place, size: version.size, sha256, stored: version.digest },
      expected,
      copies: await copiesTo(places),
      publicUrl: places.publicUrl?.urlOf(expected.name) ?? null,
      leftOut: leftOutOf(ports),
      findings: verdict.findings,
      model: verdict.summary,
      previous,
      differences: previous === null ? [] : differencesOf(previous.model, verdict.summary),
      register: await registerPlan(ports.register, expected),
    };
  };

  if (version.digest?.algorithm === 'sha256') {
    // Nothing needs to be fetched to know that it is there already, or that its name is gone.
    const content = { size: version.size, digest: version.digest };
    const expected = await settle(places, asked, content, comparing);
    if (expected.state !== 'free') {
      const unread: Verdict = { findings: [], summary: null };
      const held = { profile: request.profile, kind };
      const tools = { production: places.production, gate };
      const verdict =
        expected.state === 'same'
          ? await judgePublished(expected.name, content, held, tools, watch, signal)
          : unread;
      const plan = await planOf(version.digest.hex, verdict, expected);
      return { plan, source: ports.source, discard: () => Promise.resolve() };
    }
  }
  const local = await fetchSource(source, ports.staging, version, name, watch, signal);
  try {
    await watch.begin('check');
    const verdict = await gate.check(local.source.path, request.profile, kind);
    throwIfCancelled(signal);
    const content: Content = {
      size: version.size,
      digest: { algorithm: 'sha256', hex: local.sha256 },
    };
    const expected = await settle(places, asked, content, comparing);
    const plan = await planOf(local.sha256, verdict, expected);
    return { plan, source: local.source, discard: () => local.discard() };
  } catch (thrown) {
    await local.discard();
    throw thrown;
  }
}

interface Fetched {
  readonly source: PromotionBytes & { readonly path: string };
  readonly sha256: string;
  discard(): Promise<void>;
}

/** Has the bytes on this machine, hashed, and compared with what their store knows of them; where it knows nothing, read twice. */
async function fetchSource(
  source: Source,
  staging: Staging,
  version: SourceVersion,
  name: string,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  const { place, path } = source;
  const { digest, size } = version;
  await watch.begin('fetch', size);
  const hashed = new HashedBytes('sha256', ...(digest?.algorithm === 'md5' ? [digest.algorithm] : []));
  const onBytes = (count: number): void => watch.advance(count);
  if (path !== null) {
    const mark = await source.mark();
    await hashed.drain(source.read(signal), place, size, onBytes);
    if (digest !== null) hashed.expect(digest, place);
    const isAsHashed = async (): Promise<boolean> =>
      mark !== null && (await source.mark().catch(() => null)) === mark;
    if (mark !== null && !(await isAsHashed())) throw sourceMismatch(place, 'it changed while it was read');
    const read = (until?: AbortSignal) => source.read(until);
    const bytes = { place, path, read, isAsHashed };
    return { source: bytes, sha256: hashed.hex('sha256'), discard: () => Promise.resolve() };
  }
  const passing = new HashedBytes().pass(source.read(signal), place, size, onBytes);
  const kept = await staging.keep(name, passing, (piece) => hashed.update(piece)); // as this disk has it
  try {
    const mark = await kept.mark();
    if (digest === null) {
      const again = new HashedBytes('sha256');
      await again.drain(source.read(signal), place, size);
      hashed.expect({ algorithm: 'sha256', hex: again.hex('sha256') }, place);
    } else hashed.expect(digest, place);
    throwIfCancelled(signal);
    const isAsHashed = async (): Promise<boolean> => mark !== null && (await kept.mark()) === mark;
    return {
      source: { place, path: kept.path, read: (until) => kept.read(until), isAsHashed },
      sha256: hashed.hex('sha256'),
      discard: () => kept.discard(),
    };
  } catch (thrown) {
    await kept.discard();
    throw thrown;
  }
}

/** The newest version in production, unless it is what would be published. */
async function previousOf(
  { places: { production }, gate }: DraftPorts,
  name: string,
  expected: Settlement,
  kind: PromotionKind,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<PromotionPlan['previous']> {
  const listed = await production.list(kind, signal);
  const versions = versionsOf(
    name,
    listed.map((one) => one.name),
  );
  const newest = versions.findLast((one) => one !== expected.name);
  if (newest === undefined) return null;
  const size = listed.find((one) => one.name === newest)?.size ?? 0;
  if (kind === 'animation' || expected.state !== 'free') return { name: newest, model: null };
  const file = await production.fetch(newest, { signal, onBytes: (bytes) => watch.advance(bytes, size) });
  try {
    return { name: newest, model: await gate.summarise(file.path) };
  } finally {
    await file.discard();
  }
}

async function copiesTo(places: Places): Promise<readonly PlannedCopy[]> {
  const roles: readonly Role[] = ['production', 'mirror', 'cdn'];
  const copies = roles.map(async (role) => {
    const target = places[role];
    return target === null ? [] : [{ role, place: target.place, guarantee: await target.guarantee() }];
  });
  return (await Promise.all(copies)).flat();
}

function leftOutOf({ places, register }: DraftPorts): readonly LeftOut[] {
  const filled: Readonly<Record<LeftOut, unknown>> = {
    mirror: places.mirror,
    cdn: places.cdn,
    'public-url': places.publicUrl,
    register,
  };
  const roles: readonly LeftOut[] = ['mirror', 'cdn', 'public-url', 'register'];
  return roles.filter((role) => filled[role] === null);
}

async function registerPlan(
  register: Register | null,
  { state, name }: Settlement,
): Promise<PromotionPlan['register']> {
  if (register === null) return null;
  const registration = state === 'taken' ? { edits: [], newer: null } : await registrationOf(register, name);
  return { place: register.place, ...registration };
}
