import type { Avatar } from './avatar.ts';

interface Kept {
  readonly list: Promise<readonly Avatar[]>;
  failed: boolean;
}

/**
 * What remotes were seen to hold. To ask one takes a process and a moment, or a long one where it cannot be reached: an answer is
 * kept until somebody wants to know anew, and so is a failure, lest each painting of a view tries again.
 */
export class RemoteLists {
  readonly #kept = new Map<string, Kept>();

  /** What is known of a place, or what it answers now. */
  list(place: string, ask: () => Promise<readonly Avatar[]>): Promise<readonly Avatar[]> {
    const known = this.#kept.get(place);
    if (known !== undefined) return known.list;
    const kept: Kept = { list: ask(), failed: false };
    kept.list.catch(() => (kept.failed = true));
    this.#kept.set(place, kept);
    return kept.list;
  }

  forget(): void {
    this.#kept.clear();
  }

  /** What failed is tried again when it is next asked for. */
  forgetFailures(): void {
    for (const [place, { failed }] of this.#kept) if (failed) this.#kept.delete(place);
  }
}
