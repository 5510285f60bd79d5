import { readFileSync } from 'node:fs';

/** Vectors that both implementations are held against (test/fixtures/wire/make.py). The caller says their shape. */
export function vectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/wire/${name}.json`, import.meta.url), 'utf8'));
}

export function unhex(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** Awkward ways to cut bytes: whole, byte by byte, and in two at every place (at most 200 of them). */
export function* cuts(bytes: Buffer): Generator<Buffer[]> {
  yield [bytes];
  yield Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1));
  const step = Math.max(1, Math.ceil(bytes.length / 200));
  for (let at = 1; at < bytes.length; at += step) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Everything that a pulled decoder has to give after each piece. */
export function pull<T>(
  decoder: { feed(chunk: Uint8Array): void; next(): T | null },
  pieces: readonly Buffer[],
): T[] {
  const found: T[] = [];
  for (const piece of pieces) {
    decoder.feed(piece);
    for (let item = decoder.next(); item !== null; item = decoder.next()) found.push(item);
  }
  return found;
}
