/** How long frames take, as a running mean. */
export class FrameClock {
  #workMs = 0;
  #betweenMs = 0;

  /** Of our own work on a frame, in ms. */
  get workMs(): number {
    return this.#workMs;
  }

  /** Frames a second that reach the screen; 0 before the first. */
  get perSecond(): number {
    return this.#betweenMs === 0 ? 0 : 1000 / this.#betweenMs;
  }

  note(workMs: number, betweenMs: number): void {
    const blend = (mean: number, value: number): number => (mean === 0 ? value : 0.95 * mean + 0.05 * value);
    this.#workMs = blend(this.#workMs, workMs);
    this.#betweenMs = blend(this.#betweenMs, betweenMs);
  }
}
