import { createHash, type Hash } from 'node:crypto';
import { sourceMismatch } from './failures.ts';
import type { Digest } from './ports.ts';

/** Bytes that are hashed and counted while they pass. */
export class HashedBytes {
  readonly #hashes: ReadonlyMap<Digest['algorithm'], Hash>;
  readonly #digests = new Map<Digest['algorithm'], string>();

  constructor(...algorithms: readonly Digest['algorithm'][]) {
    this.#hashes = new Map(algorithms.map((algorithm) => [algorithm, createHash(algorithm)]));
  }

  /**
   * Passes `bytes` on; they must be exactly `size`, which is found out before the last consumer takes them for whole.
   * Error: `source-mismatch`.
   */
  async *pass(
    bytes: AsyncIterable<Uint8Array>,
    place: string,
    size: number,
    onBytes: (count: number) => void = () => undefined,
  ): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const chunk of bytes) {
      count += chunk.length;
      if (count > size) throw sourceMismatch(place, `it has more than the ${size} bytes it said`);
      this.update(chunk);
      onBytes(count);
      yield chunk;
    }
    if (count !== size) throw sourceMismatch(place, `it ended after ${count} of ${size} bytes`);
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** Reads them all, for their hashes alone. Error: `source-mismatch`. */
  async drain(
    bytes: AsyncIterable<Uint8Array>,
    place: string,
    size: number,
    onBytes?: (count: number) => void,
  ): Promise<void> {
    const passing = this.pass(bytes, place, size, onBytes);
    while ((await passing.next()).done !== true);
  }

  hex(algorithm: Digest['algorithm']): string {
    const known = this.#digests.get(algorithm);
    if (known !== undefined) return known;
    const hash = this.#hashes.get(algorithm);
    if (hash === undefined) throw new TypeError(`${algorithm} was not asked for`);
    const hex = hash.digest('hex');
    this.#digests.set(algorithm, hex);
    return hex;
  }

  /** Error: `source-mismatch`. */
  expect({ algorithm, hex }: Digest, place: string): void {
    const found = this.hex(algorithm);
    if (found !== hex) throw sourceMismatch(place, `its ${algorithm} is ${found}, not ${hex}`);
  }
}
