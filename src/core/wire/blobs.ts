/** Blobs in results (docs/protocol.md §3). */

/** The value with every object that has a `$blob` member replaced by what `resolve` makes of it. */
export function replaceBlobs(value: unknown, resolve: (marker: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => replaceBlobs(item, resolve));
  if ('$blob' in value) return resolve(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceBlobs(item, resolve)]));
}
