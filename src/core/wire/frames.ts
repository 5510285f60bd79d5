import { ForgeError } from '../errors.ts';
import { FRAME_JSON, FRAME_STREAM, MAX_FRAME, MAX_PIECE } from '../../protocol/wire.ts';
import { ByteQueue } from './byteQueue.ts';

/** Frames (docs/protocol.md §3): u32 length, u8 kind, payload. */

const header = 5;
const pieceHeader = 12;

export type Frame =
  | { readonly kind: typeof FRAME_JSON; readonly json: Buffer }
  | {
      readonly kind: typeof FRAME_STREAM;
      readonly stream: number;
      readonly offset: number;
      readonly bytes: Buffer;
    };

interface Head {
  /** Of kind and payload, in bytes. */
  readonly length: number;
  readonly kind: Frame['kind'];
}

/** A kind 1 frame. Throws `too-large` beyond 64 MiB. */
export function encodeMessage(message: object): Buffer {
  const text = JSON.stringify(message);
  const length = Buffer.byteLength(text);
  if (length + 1 > MAX_FRAME) {
    throw new ForgeError(
      'too-large',
      `The request has ${length} bytes; ${MAX_FRAME - 1} is the most that fits.`,
      'Send the bulk of it as a file.',
    );
  }
  const frame = Buffer.allocUnsafe(header + length);
  frame.writeUInt32BE(length + 1, 0);
  frame[4] = FRAME_JSON;
  frame.write(text, header, 'utf8');
  return frame;
}

/** What goes before the bytes of a kind 2 frame; the bytes themselves need not be copied. */
export function encodePieceHeader(stream: number, offset: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(header + pieceHeader);
  head.writeUInt32BE(1 + pieceHeader + length, 0);
  head[4] = FRAME_STREAM;
  head.writeUInt32BE(stream, header);
  head.writeBigUInt64BE(BigInt(offset), header + 4);
  return head;
}

/** Takes frames out of a stream of bytes, wherever it was cut. */
export class FrameDecoder {
  readonly #bytes = new ByteQueue();
  /** The most bytes a frame may announce. */
  #limit: number;
  /** Of the frame whose payload is awaited. */
  #head: Head | null = null;

  constructor(limit: number = MAX_FRAME) {
    this.#limit = limit;
  }

  set limit(limit: number) {
    this.#limit = limit;
  }

  feed(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  /** The next whole frame, or null until more bytes come. Throws `protocol-violation` as early as it can be known. */
  next(): Frame | null {
    this.#head ??= this.#readHead();
    if (this.#head === null || this.#bytes.size < this.#head.length - 1) return null;
    const { length, kind } = this.#head;
    this.#head = null;
    const payload = this.#bytes.take(length - 1);
    return kind === FRAME_JSON ? { kind, json: payload } : piece(payload);
  }

  /** Takes length and kind off the bytes, once they are there. */
  #readHead(): Head | null {
    if (this.#bytes.size < 4) return null;
    const length = this.#bytes.peek(4).readUInt32BE(0);
    if (length < 1 || length > this.#limit) {
      throw violation(`A frame of ${length} bytes was announced; 1 to ${this.#limit} are allowed.`);
    }
    if (this.#bytes.size < header) return null;
    const kind = this.#bytes.take(header)[4];
    if (kind !== FRAME_JSON && kind !== FRAME_STREAM)
      throw violation(`A frame of unknown kind ${kind ?? 0} came.`);
    if (kind === FRAME_STREAM && length > 1 + pieceHeader + MAX_PIECE) {
      throw violation(
        `A stream frame of ${length} bytes was announced; ${MAX_PIECE} are the most of a stream in one.`,
      );
    }
    return { length, kind };
  }
}

function piece(payload: Buffer): Frame {
  if (payload.length <= pieceHeader) throw violation('A stream frame without bytes came.');
  return {
    kind: FRAME_STREAM,
    stream: payload.readUInt32BE(0),
    offset: Number(payload.readBigUInt64BE(4)),
    bytes: payload.subarray(pieceHeader),
  };
}

export function violation(message: string): ForgeError {
  return new ForgeError(
    'protocol-violation',
    message,
    'The connection was ended. If it happens again, update the add-on and this program to the same version.',
  );
}
