import { constants } from 'node:os';
import { ForgeError, reasonOf } from '../../core/errors.ts';

/** The errno name of what a file operation threw, or null. */
export function codeOf(thrown: unknown): string | null {
  if (thrown instanceof Error && thrown.name === 'AbortError') return 'ABORT_ERR'; // where its own code is a number
  if (!(thrown instanceof Error)) return null;
  // Node has no name for a quota that is used up, but its number.
  if ('errno' in thrown && thrown.errno === -constants.errno.EDQUOT) return 'EDQUOT';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}

interface Meaning {
  readonly code: string;
  readonly what: string;
  readonly next: string;
}

const cancelled: Meaning = { code: 'cancelled', what: 'the promotion was cancelled', next: 'Promote again.' };
const missing: Meaning = {
  code: 'production-missing',
  what: 'there is no such folder',
  next: 'Make or mount it, or give another place.',
};
const readOnly: Meaning = {
  code: 'production-read-only',
  what: 'it cannot be written',
  next: 'Mount it for writing, or ask its owner for the right to.',
};
const full: Meaning = {
  code: 'production-full',
  what: 'it has no room left',
  next: 'Make room there, then promote again.',
};
const noLinks: Meaning = {
  code: 'production-no-links',
  what: 'its file system has no hard links, so a name cannot be given safely',
  next: 'Use a folder on NFS, ext4, xfs, APFS or the like.',
};
const failed: Meaning = {
  code: 'production-failed',
  what: 'it failed',
  next: 'See that it is mounted and sound, then promote again.',
};

const meanings = new Map<string | null, Meaning>([
  ['ABORT_ERR', cancelled],
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  ['EACCES', readOnly],
  ['EROFS', readOnly],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EPERM', readOnly],
]);

/** Of link(2) alone. */
const meaningsOfLink = new Map<string | null, Meaning>([
  ['EPERM', noLinks],
  ['ENOTSUP', noLinks],
  ['ENOSYS', noLinks],
]);

/** What a file operation that failed there means. */
export function folderError(thrown: unknown, place: string): ForgeError {
  if (thrown instanceof ForgeError) return thrown;
  const errno = codeOf(thrown);
  const ofLink = isOfLink(thrown) ? meaningsOfLink.get(errno) : undefined;
  const { code, what, next } = ofLink ?? meanings.get(errno) ?? failed;
  return new ForgeError(code, `${place}: ${what} (${reasonOf(thrown)}).`, next, { cause: thrown });
}

function isOfLink(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'link';
}
