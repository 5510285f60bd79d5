/** The same numbers in every run: a failure can be repeated by its seed. From 0 to below 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What nobody expects in a document. */
export const HOSTILE: readonly unknown[] = [
  null,
  -1,
  1e308,
  4294967295,
  0.5,
  '',
  'x',
  [],
  {},
  [null],
  true,
  [1e9, 1e9, 1e9],
];

/** All pointers into a document, arrays' members too. */
export function pointers(value: unknown, prefix = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    `${prefix}/${key}`,
    ...pointers(child, `${prefix}/${key}`),
  ]);
}
