/** Bytes from `start` up to `end`, which is not one of them. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Gaps are left out by this many bytes, so that all that lies behind stays aligned for every type of number. */
const ALIGNMENT = 4;

/** What remains of some bytes where gaps are left out, and where each of the others comes to lie then. */
export class KeptRanges {
  /** In their order; none touches another. */
  readonly ranges: readonly Range[];
  /** How many bytes remain. */
  readonly length: number;
  readonly #before: readonly number[];

  /** Of `total` bytes those that are `needed`, and a few between. */
  constructor(needed: readonly Range[], total: number) {
    const ranges: { start: number; end: number }[] = [];
    let last = { start: 0, end: 0 };
    for (const { start, end } of [...needed, { start: total, end: total }].toSorted(
      (a, b) => a.start - b.start,
    )) {
      const gap = start - last.end;
      if (gap < ALIGNMENT) last.end = Math.max(last.end, end);
      else {
        if (last.end > last.start) ranges.push(last);
        last = { start: start - (gap % ALIGNMENT), end };
      }
    }
    if (last.end > last.start) ranges.push(last);
    this.ranges = ranges;
    let length = 0;
    this.#before = ranges.map(({ start, end }) => (length += end - start) - (end - start));
    this.length = length;
  }

  /** How many of the bytes before `at` remain. */
  placeOf(at: number): number {
    let [low, high] = [0, this.ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.start ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low - 1];
    if (range === undefined) return 0;
    return (this.#before[low - 1] ?? 0) + Math.min(at, range.end) - range.start;
  }
}
