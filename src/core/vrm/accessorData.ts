/**
 * Values of accessors, out of the binary chunk. Everything gives `null` where the bytes are not at hand (a prefix of a file,
 * a compressed buffer view), the JSON points beyond them, or too much was read already; nothing is allocated that the bytes do not pay for.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#accessors
 */
import type { BufferView, Gltf } from './gltf.ts';

interface Component {
  readonly Numbers: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayLike<number>;
  };
  readonly divisor: number;
}

/** What a component is an array of, and what a normalised integer is divided by. */
const COMPONENTS: Readonly<Record<number, Component>> = {
  5120: { Numbers: Int8Array, divisor: 127 },
  5121: { Numbers: Uint8Array, divisor: 255 },
  5122: { Numbers: Int16Array, divisor: 32767 },
  5123: { Numbers: Uint16Array, divisor: 65535 },
  5125: { Numbers: Uint32Array, divisor: 4294967295 },
  5126: { Numbers: Float32Array, divisor: 1 },
};

/** Bytes of a component; `undefined` for a type that glTF has not. */
export function componentBytes(type: number): number | undefined {
  return COMPONENTS[type]?.Numbers.BYTES_PER_ELEMENT;
}

const SIZES: Readonly<Record<string, number>> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 };

export interface SparseValues {
  readonly indices: Uint32Array;
  readonly values: ArrayLike<number>;
}

/** Values of an accessor: `base` (all of them; `null` means zeros), some of which `sparse` replaces. */
export interface AccessorValues {
  readonly base: ArrayLike<number> | null;
  readonly sparse: SparseValues | null;
}

/** The bytes of a buffer view, or those of a picture that decide what it is; `null` where they are not at hand. */
export function bytesOfView(gltf: Gltf, view: BufferView | undefined): Uint8Array | null {
  if (view?.plain !== true || gltf.bin === null || view.byteOffset + view.byteLength > gltf.bin.length)
    return null;
  return gltf.bin.subarray(view.byteOffset, view.byteOffset + view.byteLength);
}

export function readAccessorValues(gltf: Gltf, index: number | null): AccessorValues | null {
  const accessor = index === null ? undefined : gltf.accessors[index];
  const size = SIZES[accessor?.type ?? ''];
  if (accessor === undefined || size === undefined) return null;
  const read = (view: number, byteOffset: number, componentType: number, count: number, width: number) =>
    readValues(gltf, { view, byteOffset, componentType, count, width, normalized: accessor.normalized });
  const { sparse, bufferView } = accessor;
  // Without a buffer view and without a sparse part an extension (Draco) holds the values.
  if (sparse === null && bufferView === null) return null;
  const base =
    bufferView === null
      ? null
      : read(bufferView, accessor.byteOffset, accessor.componentType, accessor.count, size);
  if (bufferView !== null && base === null) return null;
  if (sparse === null) return { base, sparse: null };
  const { indices, values } = sparse;
  const at = readValues(gltf, {
    view: indices.bufferView,
    byteOffset: indices.byteOffset,
    componentType: indices.componentType,
    count: sparse.count,
    width: 1,
    normalized: false,
  });
  const replaced = read(values.bufferView, values.byteOffset, accessor.componentType, sparse.count, size);
  return at === null || replaced === null
    ? null
    : { base, sparse: { indices: Uint32Array.from(at), values: replaced } };
}

interface Run {
  readonly view: number;
  readonly byteOffset: number;
  readonly componentType: number;
  readonly count: number;
  readonly width: number;
  readonly normalized: boolean;
}

function readValues(gltf: Gltf, run: Run): ArrayLike<number> | null {
  const view = gltf.bufferViews[run.view];
  const bytes = bytesOfView(gltf, view);
  const component = COMPONENTS[run.componentType];
  if (bytes === null || component === undefined || run.count === 0) return null;
  const { BYTES_PER_ELEMENT: size } = component.Numbers;
  const packed = size * run.width;
  const stride = view?.byteStride ?? packed;
  if (stride < packed || run.byteOffset + stride * (run.count - 1) + packed > bytes.length) return null;
  if (!gltf.effort.take(run.count * run.width)) return null;
  const start = bytes.byteOffset + run.byteOffset;
  const divisor = run.normalized ? component.divisor : 1;
  if (divisor === 1 && stride === packed && start % size === 0) {
    return new component.Numbers(bytes.buffer, start, run.count * run.width); // no copy: the usual case, and the large one
  }
  const data = new DataView(bytes.buffer, start, bytes.length - run.byteOffset);
  const read = reader(data, run.componentType);
  const values = new Float32Array(run.count * run.width);
  for (let n = 0; n < run.count; n++) {
    for (let c = 0; c < run.width; c++) {
      values[n * run.width + c] = read(n * stride + c * size) / divisor;
    }
  }
  return values;
}

function reader(data: DataView, componentType: number): (at: number) => number {
  switch (componentType) {
    case 5120:
      return (at) => data.getInt8(at);
    case 5121:
      return (at) => data.getUint8(at);
    case 5122:
      return (at) => data.getInt16(at, true);
    case 5123:
      return (at) => data.getUint16(at, true);
    case 5125:
      return (at) => data.getUint32(at, true);
    default:
      return (at) => data.getFloat32(at, true);
  }
}
