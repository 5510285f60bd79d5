import { createHash } from 'node:crypto';
import { ForgeError } from '../errors.ts';
import { violation } from './frames.ts';

/** The largest stream a client takes: it is put together in memory. */
const MAX_STREAM = 1_073_741_824;

/** Puts the pieces of one stream together; its digest grows with it. Goes on over several connections. */
export class StreamAssembly {
  readonly size: number;
  readonly #bytes: Buffer;
  readonly #hash = createHash('sha256');
  #received = 0;

  /** Throws `too-large` beyond {@link MAX_STREAM}. */
  constructor(size: number) {
    if (size > MAX_STREAM) {
      throw new ForgeError(
        'too-large',
        `Blender offers ${size} bytes at once; ${MAX_STREAM} is the most taken.`,
        'Make the file smaller, or fetch it from the storage it is exported to.',
      );
    }
    this.size = size;
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** How many bytes are there without a gap: where a broken transfer goes on. */
  get received(): number {
    return this.#received;
  }

  /** Throws `protocol-violation` for a gap, a step back, or more than was announced. */
  add(offset: number, piece: Uint8Array): void {
    if (offset !== this.#received)
      throw violation(`Bytes from ${offset} came where ${this.#received} was due.`);
    if (offset + piece.length > this.size) throw violation('More bytes came than were announced.');
    this.#bytes.set(piece, offset);
    this.#hash.update(piece);
    this.#received += piece.length;
  }

  /** Everything, its length and sha256 checked: `hash-mismatch`. Called once. */
  finish(sha256: string): Uint8Array {
    if (this.#received !== this.size) throw mismatch(`${this.#received} of ${this.size} bytes came`);
    const digest = this.#hash.digest('hex');
    if (digest !== sha256) throw mismatch(`sha256 ${digest} came, ${sha256} was announced`);
    return this.#bytes;
  }
}

function mismatch(what: string): ForgeError {
  return new ForgeError(
    'hash-mismatch',
    `The bytes from Blender are not whole: ${what}.`,
    'Ask for them again.',
  );
}
