import { createHash } from 'node:crypto';
import { ForgeError } from '../errors.ts';
import { lookAlikeOf, nextName, parseName, versionsOf, withExtension } from './names.ts';
import type { Digest, Production, PromotionProfile, Source } from './ports.ts';

/** What a person asks for. */
export interface PromotionRequest {
  /** The name in production; default: the source's own. */
  readonly name?: string | undefined;
  /** This name or none; otherwise a taken name moves on to the next version. */
  readonly exact: boolean;
  readonly profile: PromotionProfile;
}

/** What a promotion would do, as a value: it can be shown, kept and run later. */
export interface PromotionPlan {
  readonly source: {
    readonly place: string;
    readonly size: number;
    /** What the bytes must hash to when they are copied. */
    readonly digest: Digest;
    /** `stored`: the store kept it beside the bytes; `read`: it kept none, so the source was read once for it. */
    readonly digestFrom: 'stored' | 'read';
  };
  readonly production: { readonly place: string };
  readonly name: string;
  readonly exact: boolean;
  readonly profile: PromotionProfile;
  /** As things are now. The name is decided when it is published, for others may come first. */
  readonly expected: Settlement;
}

/** Which name the bytes get: one that is `free`, one that holds the `same` bytes, or none, for it is `taken`. */
export interface Settlement {
  readonly state: 'free' | 'same' | 'taken';
  readonly name: string;
}

/**
 * Looks at both ends and says what a promotion would do; changes nothing.
 * Errors: `bad-name`, `name-looks-alike`, `source-empty` and those of {@link Source} and {@link Production}.
 */
export async function planPromotion(
  request: PromotionRequest,
  { source, production }: { source: Source; production: Production },
  signal?: AbortSignal,
): Promise<PromotionPlan> {
  if (request.name !== undefined) parseName(withExtension(request.name));
  const version = await source.inspect(signal);
  const name = parseName(withExtension(request.name ?? version.name));
  if (version.size === 0) {
    throw new ForgeError('source-empty', `${source.place} has no bytes.`, 'Export it again, then promote.');
  }
  const digest = version.digest ?? { algorithm: 'sha256', hex: await sha256Of(source.read(signal)) };
  const { exact, profile } = request;
  return {
    source: {
      place: source.place,
      size: version.size,
      digest,
      digestFrom: version.digest === null ? 'read' : 'stored',
    },
    production: { place: production.place },
    name,
    exact,
    profile,
    expected: await settle(production, { name, exact }, { size: version.size, digest }, signal),
  };
}

/**
 * Finds the name for some bytes among those in production. Without `exact`, any version of the model that holds the same bytes
 * will do, and else the next is free. `alsoTaken` are names known to be taken that a cached listing may not show yet.
 * Errors: `name-looks-alike` and those of {@link Production}.
 */
export async function settle(
  production: Production,
  { name, exact }: Pick<PromotionPlan, 'name' | 'exact'>,
  bytes: { readonly size: number; readonly digest: Digest },
  signal?: AbortSignal,
  alsoTaken: readonly string[] = [],
): Promise<Settlement> {
  const taken = [...new Set([...(await production.names()), ...alsoTaken])];
  const versions = versionsOf(name, taken);
  const candidates = exact ? versions.filter((one) => one === name) : versions;
  for (const candidate of candidates) {
    const same =
      (await production.size(candidate)) === bytes.size &&
      (await production.digest(candidate, bytes.digest.algorithm, signal)) === bytes.digest.hex;
    if (same) return { state: 'same', name: candidate };
  }
  if (exact && candidates.length > 0) return { state: 'taken', name };
  const other = versions.length > 0 ? null : lookAlikeOf(name, taken);
  if (other !== null) {
    throw new ForgeError(
      'name-looks-alike',
      `${name} would be taken for ${other}, which is another model in ${production.place}.`,
      `Use --name ${other} to publish its next version, or give a name that looks different.`,
    );
  }
  return { state: 'free', name: exact ? name : nextName(name, taken) };
}

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}
