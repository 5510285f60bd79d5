export interface Rate {
  readonly perSecond: number;
  /** How much may come at once after a rest. */
  readonly burst: number;
}

/** A token bucket. Times are ms of a clock that only goes forward. */
export class TokenBucket {
  readonly #rate: Rate;
  #level: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#level = rate.burst;
    this.#at = now;
  }

  /** Takes one if there is one. */
  tryTake(now: number): boolean {
    this.#refill(now);
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  /** Takes `amount` in any case, and tells for how many ms nothing more may be taken. */
  spend(amount: number, now: number): number {
    this.#refill(now);
    this.#level -= amount;
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.#rate.perSecond) * 1000);
  }

  /** Whether it is as if it were new. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#level >= this.#rate.burst;
  }

  #refill(now: number): void {
    const { perSecond, burst } = this.#rate;
    this.#level = Math.min(burst, this.#level + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
  }
}
