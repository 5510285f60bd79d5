import type { Source, SourceVersion } from './ports.ts';

/**
 * A source whose first reading begins at once, while it is still found out what there is and whether it is needed: to begin takes a
 * remote longer than to answer. `drop` ends what nobody took.
 */
export class AheadSource implements Source {
  readonly #source: Source;
  readonly #dropping = new AbortController();
  #begun: AsyncIterable<Uint8Array> | null;

  constructor(source: Source, signal?: AbortSignal) {
    this.#source = source;
    const { signal: dropped } = this.#dropping;
    const reading = source.read(signal === undefined ? dropped : AbortSignal.any([signal, dropped]));
    const bytes = reading[Symbol.asyncIterator]();
    const first = bytes.next();
    first.catch(() => undefined); // whoever takes it is told
    this.#begun = goingOn(first, bytes);
  }

  get place(): string {
    return this.#source.place;
  }

  get path(): string | null {
    return this.#source.path;
  }

  inspect(signal?: AbortSignal): Promise<SourceVersion> {
    return this.#source.inspect(signal);
  }

  mark(): Promise<string | null> {
    return this.#source.mark();
  }

  /** The first reading heeds the signal it was begun with. */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const begun = this.#begun;
    this.#begun = null;
    return begun ?? this.#source.read(signal);
  }

  drop(): void {
    this.#begun = null;
    this.#dropping.abort();
  }
}

async function* goingOn(
  first: Promise<IteratorResult<Uint8Array>>,
  bytes: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = await first; next.done !== true; next = await bytes.next()) yield next.value;
  } finally {
    await bytes.return?.();
  }
}
