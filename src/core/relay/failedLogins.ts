interface Record {
  failures: number;
  /** How many answers are being held back now. */
  held: number;
  lastAt: number;
}

export interface FailurePolicy {
  /** So many cost nothing. */
  readonly free: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** So many answers to one address are held back at once; further attempts are turned away unexamined. */
  readonly held: number;
  /** After so long without a failure an address is forgotten. */
  readonly forgetMs: number;
}

/**
 * Makes guessing slow: the answer to a failed login waits, twice as long after each. Good keys are never made to wait, so a
 * guesser behind the same address locks nobody out.
 */
export class FailedLogins {
  readonly #policy: FailurePolicy;
  readonly #addresses = new Map<string, Record>();

  constructor(policy: FailurePolicy) {
    this.#policy = policy;
  }

  /** How long the answer to a failure waits, in ms; null: turn it away at once. Each number calls for {@link answered}. */
  failed(address: string, now: number): number | null {
    const { free, firstDelayMs, longestDelayMs, held } = this.#policy;
    this.#forget(now);
    const record = this.#addresses.get(address) ?? { failures: 0, held: 0, lastAt: now };
    this.#addresses.set(address, record);
    record.lastAt = now;
    if (record.held >= held) return null;
    record.failures += 1;
    record.held += 1;
    if (record.failures <= free) return 0;
    return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(record.failures - free - 1, 30));
  }

  answered(address: string): void {
    const record = this.#addresses.get(address);
    if (record !== undefined) record.held -= 1;
  }

  #forget(now: number): void {
    if (this.#addresses.size < 1000) return;
    for (const [address, { held, lastAt }] of this.#addresses) {
      if (held === 0 && now - lastAt > this.#policy.forgetMs) this.#addresses.delete(address);
    }
  }
}
