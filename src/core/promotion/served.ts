import type { PublicState } from './ports.ts';

/**
 * What an address serves, by the headers of its answer, beside the file in production. They say nothing of the bytes: those are
 * compared by promoting again. `size-unknown`: one of the two sizes is not told.
 */
export type ServedAs = 'same-size' | 'other-size' | 'size-unknown' | 'other-headers' | 'not-served';

const yearS = 31_536_000;

/** On the local network, where no header is asked for. `expected`: the size in production, in bytes; null where it is not there. */
export function servedOnLan(
  { status, size }: Pick<PublicState, 'status' | 'size'>,
  expected: number | null,
): Exclude<ServedAs, 'other-headers'> {
  if (status !== 200) return 'not-served';
  if (size === null || expected === null) return 'size-unknown';
  return size === expected ? 'same-size' : 'other-size';
}

/** By a CDN: with the headers of a file that never changes, too. */
export function servedByCdn(state: PublicState, expected: number | null): ServedAs {
  const as = servedOnLan(state, expected);
  if (as === 'not-served' || as === 'other-size') return as;
  return hasPublishedHeaders(state) ? as : 'other-headers';
}

export function hasPublishedHeaders({
  contentType,
  cacheControl,
}: Pick<PublicState, 'contentType' | 'cacheControl'>): boolean {
  const cache = cacheControl ?? '';
  const ageS = Number(/\bmax-age=(\d+)/.exec(cache)?.[1] ?? 0);
  const lasts = ageS >= yearS && /\bimmutable\b/.test(cache) && !/\bprivate\b/.test(cache);
  return lasts && contentType?.startsWith('model/gltf-binary') === true;
}
