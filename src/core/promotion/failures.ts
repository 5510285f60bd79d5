import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';
import type { Target } from './ports.ts';

/** The errors of a promotion that are its own. */

export function sourceMismatch(place: string, how: string): ForgeError {
  return new ForgeError(
    'source-mismatch',
    `What came from ${place} is not what it described: ${how}. Nothing was published.`,
    'It was changed or damaged on the way: promote again, and export again if it stays so.',
  );
}

/** Throws `gate-refused` (data: findings) where there is an error among them. */
export function refuseErrors(place: string, findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  throw new ForgeError(
    'gate-refused',
    `${place} is not fit for production: ${errors.length} error${errors.length === 1 ? '' : 's'}, ` +
      `first ${first.code}: ${first.message}`,
    first.next,
    { data: { findings } },
  );
}

export async function nameTaken(target: Target, name: string, sha256: string): Promise<ForgeError> {
  const holds = await target.digest(name, 'sha256');
  return new ForgeError(
    'name-taken',
    `${name} in ${target.place} holds other bytes (sha256 ${holds.slice(0, 12)}…, not ${sha256.slice(0, 12)}…); ` +
      'a promoted file never changes.',
    'Promote without --exact to publish the next version, or give another --name.',
    { data: { name, place: target.place, published: holds, offered: sha256 } },
  );
}

export function readBackMismatch(target: Target, name: string, withdrawn: boolean): ForgeError {
  return new ForgeError(
    'read-back-mismatch',
    `${name} read back from ${target.place} is not what was written` +
      (withdrawn ? '; the name was taken back.' : ', and who wrote it cannot be told: it was left there.'),
    withdrawn
      ? 'Check that storage for faults, then promote again.'
      : 'Find out who else publishes there; remove the file if nobody does, then promote again.',
  );
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new ForgeError('cancelled', 'The promotion was cancelled.', 'Promote again: it goes on.');
}

/** The error with what is true beside it: production has the file already. */
export function afterPublishing(thrown: ForgeError, name: string, place: string): ForgeError {
  return new ForgeError(
    thrown.code,
    `${name} is published in ${place}, but the promotion did not end: ${thrown.message}`,
    `${thrown.next} Promoting again goes on from here.`,
    { cause: thrown, data: { ...objectOf(thrown.data), published: name } },
  );
}

function objectOf(data: unknown): object {
  return typeof data === 'object' && data !== null ? data : {};
}
