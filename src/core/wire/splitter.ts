import { ForgeError } from '../errors.ts';
import { ByteQueue } from './byteQueue.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Finds the JSON objects in an unframed stream of bytes (docs/protocol.md §1), wherever it was cut. Looks at each byte once.
 * It only finds where an object ends; whether it is well formed is the parser's business.
 */
export class JsonSplitter {
  readonly #bytes = new ByteQueue();
  readonly #limit: number;
  #scanned = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** @param limit the most bytes one object may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  feed(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  /**
   * The next whole object, or null until more bytes come. Throws `protocol-violation` where something else than an object
   * begins, or an object is larger than the limit.
   */
  next(): Buffer | null {
    if (this.#depth === 0) this.#skipBlanks();
    const end = this.#end();
    if ((end ?? this.#bytes.size) > this.#limit) {
      throw violation(`A message of more than ${this.#limit} bytes came.`);
    }
    if (end === null) return null;
    this.#scanned = 0;
    return this.#bytes.take(end);
  }

  /** What came after the last whole object; it is removed. */
  rest(): Buffer {
    this.#scanned = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    return this.#bytes.takeAll();
  }

  #skipBlanks(): void {
    let blank = 0;
    outer: for (const piece of this.#bytes.piecesFrom(0)) {
      for (const byte of piece) {
        if (!blanks.has(byte)) break outer;
        blank += 1;
      }
    }
    this.#bytes.take(blank);
    if (this.#bytes.size > 0 && this.#bytes.peek(1)[0] !== openBrace) {
      throw violation('Something else than a JSON object came.');
    }
  }

  /** Where the object that begins at 0 ends, or null. */
  #end(): number | null {
    for (const piece of this.#bytes.piecesFrom(this.#scanned)) {
      for (let i = 0; i < piece.length; i++) {
        const byte = piece[i] ?? 0;
        if (this.#inString) {
          if (this.#escaped) this.#escaped = false;
          else if (byte === backslash) this.#escaped = true;
          else if (byte === quote) this.#inString = false;
        } else if (byte === quote) {
          this.#inString = true;
        } else if (byte === openBrace || byte === openBracket) {
          this.#depth += 1;
        } else if (byte === closeBrace || byte === closeBracket) {
          this.#depth -= 1;
          if (this.#depth === 0) return this.#scanned + i + 1;
        }
      }
      this.#scanned += piece.length;
    }
    return null;
  }
}

function violation(message: string): ForgeError {
  return new ForgeError(
    'protocol-violation',
    message,
    'Check that the host and port are those of the Blender add-on.',
  );
}
