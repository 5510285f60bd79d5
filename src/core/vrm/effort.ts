/** Far more than any model needs; some seconds. */
const MOST_STEPS = 3e8;

/**
 * What one check may do. A file of a few megabytes can point at the same bytes a hundred thousand times: a check that follows
 * each of them would not end.
 */
export class Effort {
  #left = MOST_STEPS;

  /** Whether so many more steps, of some nanoseconds each, may be done. */
  take(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }
}
