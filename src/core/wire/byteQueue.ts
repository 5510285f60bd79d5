const empty = Buffer.alloc(0);
/** Pieces of at most so many bytes are put together: each by itself would take more memory than what it holds. */
const smallPiece = 512;
const blockBytes = 16_384;

/** Bytes in the order they came; what lies in one piece is handed out without a copy. Its memory is in proportion to its bytes. */
export class ByteQueue {
  #pieces: Buffer[] = [];
  #size = 0;
  /** Where the next small pieces are copied to: what was not used yet of a block. */
  #room = empty;

  get size(): number {
    return this.#size;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#size += piece.length;
    if (piece.length > smallPiece)
      this.#pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    else this.#append(piece);
  }

  #append(piece: Uint8Array): void {
    if (this.#room.length < piece.length) this.#room = Buffer.allocUnsafe(blockBytes);
    const copy = this.#room.subarray(0, piece.length);
    copy.set(piece);
    this.#room = this.#room.subarray(piece.length);
    const last = this.#pieces.at(-1);
    if (last?.buffer === copy.buffer && last.byteOffset + last.length === copy.byteOffset)
      this.#pieces[this.#pieces.length - 1] = Buffer.from(
        last.buffer,
        last.byteOffset,
        last.length + copy.length,
      );
    else this.#pieces.push(copy);
  }

  /** The first `count` bytes; they are removed. There must be as many. */
  take(count: number): Buffer {
    const bytes = this.peek(count);
    this.#size -= count;
    let left = count;
    let whole = 0;
    for (const piece of this.#pieces) {
      if (piece.length > left) break;
      left -= piece.length;
      whole += 1;
    }
    if (whole > 0) this.#pieces.splice(0, whole);
    const first = this.#pieces[0];
    if (first !== undefined && left > 0) this.#pieces[0] = first.subarray(left);
    return bytes;
  }

  /** The first `count` bytes; they stay. There must be as many. */
  peek(count: number): Buffer {
    if (count > this.#size) throw new RangeError(`${count} bytes wanted, ${this.#size} there`);
    const first = this.#pieces[0] ?? empty;
    return first.length >= count ? first.subarray(0, count) : Buffer.concat(this.#pieces, count);
  }

  /** Everything; the queue is empty afterwards. */
  takeAll(): Buffer {
    return this.take(this.#size);
  }

  /** Walks over the pieces from a position on, without a copy. */
  *piecesFrom(position: number): Generator<Buffer> {
    let start = 0;
    for (const piece of this.#pieces) {
      if (start + piece.length > position) yield piece.subarray(Math.max(0, position - start));
      start += piece.length;
    }
  }
}
