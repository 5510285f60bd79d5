import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../audit.ts';
import { ForgeError } from '../errors.ts';
import type { ApiKey, Scope } from './records.ts';

/** API keys: `avf_<id>_<secret>`. The id finds the record; the secret has 256 bits, so a plain hash of it suffices. */

const shape = /^avf_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

export interface KeyWishes {
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly allow: readonly string[] | null;
  readonly expiresAt: number | null;
}

/** A new key. `secret` is to be shown once and forgotten. */
export function mintKey(wishes: KeyWishes): { readonly secret: string; readonly record: ApiKey } {
  const id = randomBytes(8).toString('hex');
  const secret = `avf_${id}_${randomBytes(32).toString('base64url')}`;
  return { secret, record: { ...wishes, id, hash: sha256(secret), revokedAt: null, lastUsedAt: null } };
}

/** The id in a key that came with a request, or null where it cannot be a key. */
export function keyIdOf(secret: string): string | null {
  return shape.exec(secret)?.[1] ?? null;
}

/** The key in an `Authorization` header, or null. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '')?.[1] ?? null;
}

export type KeyVerdict = 'ok' | 'unknown' | 'revoked' | 'expired';

/** Whether a secret is the one of that record, and still counts. */
export function judgeKey(record: ApiKey | undefined, secret: string, now: number): KeyVerdict {
  const hash = Buffer.from(sha256(secret));
  if (!timingSafeEqual(hash, Buffer.from(record?.hash ?? sha256(''))) || record === undefined)
    return 'unknown';
  return keyState(record, now);
}

/** Whether a record still counts. */
export function keyState({ revokedAt, expiresAt }: ApiKey, now: number): Exclude<KeyVerdict, 'unknown'> {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'ok';
}

/** Throws `scope-missing` unless the key has one of the scopes. */
export function requireScope(key: ApiKey, ...wanted: readonly Scope[]): void {
  if (wanted.some((scope) => key.scopes.includes(scope))) return;
  throw new ForgeError(
    'scope-missing',
    `This needs an API key of scope ${wanted.join(' or ')}; the one given has ${key.scopes.join(', ')}.`,
    'Use another key, or ask the administrator of the relay for one.',
  );
}

/** The one answer to every key that does not count: which of the reasons it was stays in the audit. */
export function notKnown(): ForgeError {
  return new ForgeError(
    'unauthorized',
    'The relay does not know this API key, or it no longer counts.',
    'Set a key that is neither expired nor revoked; the administrator of the relay makes one.',
  );
}
