/**
 * The same values in fewer bytes, by types that glTF 2.0 itself allows, so that every loader reads them.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#meshes-overview
 */
import { indexIn } from '../json.ts';
import { type PackedArray, rolesOf, type UnpackedModel, widthOf } from './arrays.ts';

const [UBYTE, USHORT, UINT, FLOAT] = [5121, 5123, 5125, 5126] as const;
/** A shape key that moves less than this share of the vertices is stored by those alone. */
const SPARSE_BELOW = 0.4;

export function smallerNumbers(model: UnpackedModel): void {
  const roles = rolesOf(model.document);
  const weightSets = new Set(
    [...roles.values()].map(({ name }) => name).filter((n) => n.startsWith('WEIGHTS_')),
  );
  for (const array of [...model.arrays]) {
    const accessor = model.accessors[array.accessor];
    if (accessor === undefined || array.part !== 'values' || accessor['sparse'] !== undefined) continue;
    const { role, name } = roles.get(array.accessor) ?? { role: 'other', name: '' };
    const type = accessor['componentType'];
    const store = (bytes: Uint8Array, componentType: number, normalized: boolean): void => {
      array.bytes = bytes;
      array.stride = bytes.length / (indexIn(accessor['count']) ?? 1);
      accessor['componentType'] = componentType;
      if (normalized) accessor['normalized'] = true;
      delete accessor['min'];
      delete accessor['max'];
    };
    const values = (): Float32Array => new Float32Array(array.bytes.slice().buffer);
    if (role === 'indices' && type === UINT) {
      const indices = new Uint32Array(array.bytes.slice().buffer);
      // The greatest value of a type restarts a primitive: it is no index.
      if (indices.every((index) => index < 65_535)) store(bytesOf(Uint16Array.from(indices)), USHORT, false);
    } else if (role === 'attribute' && name.startsWith('JOINTS_') && type === USHORT) {
      const joints = new Uint16Array(array.bytes.slice().buffer);
      if (joints.every((joint) => joint < 256)) store(Uint8Array.from(joints), UBYTE, false);
    } else if (role === 'attribute' && name.startsWith('TEXCOORD_') && type === FLOAT) {
      const uv = values();
      if (uv.every((value) => value >= 0 && value <= 1)) store(bytesOf(shorts(uv)), USHORT, true);
    } else if (role === 'attribute' && name === 'WEIGHTS_0' && type === FLOAT && weightSets.size === 1) {
      store(bytesOf(shortWeights(values())), USHORT, true);
    } else if (role === 'morph' && type === FLOAT) {
      toSparse(model, array, values(), widthOf(accessor));
    }
  }
}

function shorts(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => Math.round(value * 65_535));
}

/** Weights of a vertex add up to one exactly: what rounding left over goes to the greatest. */
function shortWeights(weights: Float32Array): Uint16Array {
  const stored = shorts(weights);
  for (let at = 0; at < stored.length; at += 4) {
    const row = stored.subarray(at, at + 4);
    const sum = row.reduce((total, one) => total + one, 0);
    if (sum === 0) continue;
    const greatest = row.indexOf(Math.max(...row));
    row[greatest] = (row[greatest] ?? 0) + 65_535 - sum;
  }
  return stored;
}

/** https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#sparse-accessors */
function toSparse(model: UnpackedModel, array: PackedArray, values: Float32Array, width: number): void {
  const count = values.length / width;
  const moved = Array.from({ length: count }, (_, n) => n).filter((n) =>
    values.subarray(n * width, (n + 1) * width).some((value) => value !== 0),
  );
  if (moved.length === 0 || moved.length > count * SPARSE_BELOW) return;
  const short = count < 65_536;
  const kept = new Float32Array(moved.length * width);
  for (const [at, n] of moved.entries()) kept.set(values.subarray(n * width, (n + 1) * width), at * width);
  const { accessor } = array;
  model.arrays.splice(
    model.arrays.indexOf(array),
    1,
    {
      accessor,
      part: 'sparseIndices',
      bytes: bytesOf(short ? Uint16Array.from(moved) : Uint32Array.from(moved)),
      stride: short ? 2 : 4,
    },
    { accessor, part: 'sparseValues', bytes: bytesOf(kept), stride: width * 4 },
  );
  const target = model.accessors[accessor];
  if (target === undefined) return;
  delete target['bufferView'];
  delete target['byteOffset'];
  target['sparse'] = {
    count: moved.length,
    indices: { bufferView: 0, componentType: short ? USHORT : UINT },
    values: { bufferView: 0 },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
