import { randomBytes } from 'node:crypto';

/** The requests of one client, numbered over all its connections, so that one that comes again is known there (docs/protocol.md §8). */
export class Asked {
  /** What the client calls itself in each hello. */
  readonly session = randomBytes(16).toString('hex');
  #last = 0;
  /** The lowest first. */
  readonly #open = new Set<number>();

  next(): number {
    this.#last += 1;
    this.#open.add(this.#last);
    return this.#last;
  }

  /** Its answer is here, or is wanted no more. */
  settle(id: number): void {
    this.#open.delete(id);
  }

  /** All requests up to this one are settled. */
  get settled(): number {
    const [lowest = this.#last + 1] = this.#open;
    return lowest - 1;
  }
}

/** One request on its way through perhaps several connections. */
export interface Passage {
  /** Once it was sent over a connection that can be taken up again. */
  id: number | null;
}
