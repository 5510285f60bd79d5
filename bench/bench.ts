/** One line of a result: `ratio` above 1 means that ours is better. */
export interface Row {
  readonly bench: string;
  readonly ours: number;
  readonly reference: number;
  readonly unit: string;
  readonly ratio: number;
  readonly aim: string;
}

export interface Bench {
  readonly name: string;
  /** What it needs and against what it measures: one line for people. */
  readonly about: string;
  run(): AsyncIterable<Row>;
}

/** A row of times: less is better. */
export function timeRow(bench: string, ours: number, reference: number, aim: string): Row {
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    bench,
    ours: round(ours),
    reference: round(reference),
    unit: 'ms',
    ratio: round(reference / ours),
    aim,
  };
}

/** Runs `work` `count` times, one after another, after `warmUp` runs; the times in ms, sorted. */
export async function timesOf(count: number, work: () => Promise<unknown>, warmUp = 1): Promise<number[]> {
  for (let i = 0; i < warmUp; i += 1) await work();
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** The value below which `p` percent of the sorted times lie. */
export function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}
