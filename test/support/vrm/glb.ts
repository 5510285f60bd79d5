/** Writes a GLB as the specification lays it out. */
export function packGlb(document: object, bin: Uint8Array): Uint8Array {
  const json = padded(new TextEncoder().encode(JSON.stringify(document)), 0x20);
  const body = padded(bin, 0);
  const header = new Uint32Array([
    0x46546c67,
    2,
    12 + 8 + json.length + 8 + body.length,
    json.length,
    0x4e4f534a,
  ]);
  const between = new Uint32Array([body.length, 0x004e4942]);
  return new Uint8Array(
    Buffer.concat([new Uint8Array(header.buffer), json, new Uint8Array(between.buffer), body]),
  );
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4).fill(filler);
  whole.set(bytes);
  return whole;
}

/** Collects the binary chunk and the buffer views and accessors that tell what is in it. */
export class BinWriter {
  readonly bufferViews: object[] = [];
  readonly accessors: object[] = [];
  #parts: Uint8Array[] = [];
  #length = 0;

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  /** Gives the index of the buffer view. */
  view(data: Uint8Array | Float32Array | Uint16Array, target?: number): number {
    const bytes = padded(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0);
    this.bufferViews.push({
      buffer: 0,
      byteOffset: this.#length,
      byteLength: data.byteLength,
      ...(target === undefined ? {} : { target }),
    });
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this.bufferViews.length - 1;
  }

  /** Gives the index of the accessor. */
  accessor(description: object): number {
    this.accessors.push(description);
    return this.accessors.length - 1;
  }

  /** An accessor of points, with the box around them. */
  points(points: readonly (readonly number[])[], target?: number): number {
    return this.accessor({
      bufferView: this.view(new Float32Array(points.flat()), target),
      componentType: 5126,
      count: points.length,
      type: 'VEC3',
      ...boxOf(points),
    });
  }
}

export function boxOf(points: readonly (readonly number[])[]): { min: number[]; max: number[] } {
  const along = (pick: (...values: number[]) => number): number[] =>
    [0, 1, 2].map((axis) => Math.fround(pick(...points.map((point) => point[axis] ?? 0))));
  return { min: along(Math.min), max: along(Math.max) };
}
