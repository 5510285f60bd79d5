const firstMs = 250;
/** Below the 5 s that a client waits, so that it is still told why. */
const longestMs = 4_000;
/** After so long without a failure an address begins anew. */
const forgottenMs = 15 * 60_000;
const mostAddresses = 10_000;

interface Failures {
  readonly count: number;
  readonly atMs: number;
}

/** How long a refused login has to wait for its answer: twice as long each time. A right token never waits. */
export class LoginDelays {
  /** The oldest failure first. */
  readonly #failures = new Map<string, Failures>();

  /** Counts a failure of an address and tells how long its answer is held back, in ms. */
  failed(address: string, nowMs: number): number {
    const before = this.#failures.get(address);
    const count = before === undefined || nowMs - before.atMs > forgottenMs ? 1 : before.count + 1;
    this.#failures.delete(address);
    this.#failures.set(address, { count, atMs: nowMs });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > mostAddresses && oldest !== undefined) this.#failures.delete(oldest);
    return Math.min(longestMs, firstMs * 2 ** (count - 1));
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }
}
