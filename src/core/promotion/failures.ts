import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';
import type { Staged, Target, Transfer } from './ports.ts';

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

/** What was to be written to mirror or CDN is not what the plan is about; it was given no name there. */
export function copyMismatch(target: Target, name: string, found: string, sha256: string): ForgeError {
  return new ForgeError(
    'copy-mismatch',
    `The copy of ${name} for ${target.place} has the sha256 ${found.slice(0, 12)}…, not ${sha256.slice(0, 12)}…; ` +
      'it was not given its name there.',
    "Promote again; if it stays so, check production's file against its sha256.",
  );
}

/** What to do where a name holds other bytes. */
export const whereTaken = 'Promote without --exact to publish the next version, or give another --name.';

export async function nameTaken(
  target: Target,
  name: string,
  sha256: string,
  transfer: Transfer,
): Promise<ForgeError> {
  const holds = await target.digest(name, 'sha256', transfer);
  return new ForgeError(
    'name-taken',
    `${name} in ${target.place} holds other bytes (sha256 ${holds.slice(0, 12)}…, not ${sha256.slice(0, 12)}…); ` +
      'a promoted file never changes.',
    whereTaken,
    { data: { name, place: target.place, published: holds, offered: sha256 } },
  );
}

/** Takes the name back where it can be known that it was given to what is there. */
export async function readBackMismatch(target: Target, staged: Staged, name: string): Promise<ForgeError> {
  const withdrawn = await staged.withdraw(name).catch(() => false);
  return new ForgeError(
    'read-back-mismatch',
    `${name} read back from ${target.place} is not what was written` +
      (withdrawn
        ? '; the name was taken back.'
        : ', and whether we wrote it cannot be told: it was left there.'),
    withdrawn
      ? 'Check that storage for faults, then promote again.'
      : 'Find out who else publishes there; remove the file if nobody does, then promote again.',
  );
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new ForgeError('cancelled', 'The promotion was cancelled.', 'Promote again when you are ready.');
}

/** Does what comes after publishing: its errors are told with what is true beside them, that production has the file. */
export async function oncePublished<T>(name: string, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof ForgeError ? afterPublishing(thrown, name, place) : thrown;
  }
}

function afterPublishing(thrown: ForgeError, name: string, place: string): ForgeError {
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
