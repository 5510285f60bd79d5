const lengthBytes = 4;

/** Finds where frames end in a stream of bytes that is only passed on (docs/protocol.md §3): nothing is kept but a length. */
export class FrameEdges {
  readonly #length = Buffer.alloc(lengthBytes);
  #lengthSeen = 0;
  /** Bytes of the frame that are still to come. */
  #left = 0;

  get atEdge(): boolean {
    return this.#lengthSeen === 0 && this.#left === 0;
  }

  /** How many bytes of the chunk, from `from` on, belong to the frame under way: to its end, or to the chunk's. */
  step(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.#left === 0 && at < chunk.length) {
      this.#length[this.#lengthSeen++] = chunk[at++] ?? 0;
      if (this.#lengthSeen < lengthBytes) continue;
      this.#left = this.#length.readUInt32BE(0);
      this.#lengthSeen = 0;
      if (this.#left === 0) return at - from;
      break;
    }
    const taken = Math.min(this.#left, chunk.length - at);
    this.#left -= taken;
    return at + taken - from;
  }
}
