/** A model's accessors and pictures, each with bytes of its own: what is written anew is made from these. */
import { ForgeError } from '../../errors.ts';
import { indexIn, type JsonObject, listIn, objectIn, objectOrNull } from '../json.ts';

/** What reads an array: it decides in which types it may be stored. */
export type Role = 'indices' | 'attribute' | 'morph' | 'other';

/** The values of an accessor, or the one or the other half of its sparse part. */
export interface PackedArray {
  bytes: Uint8Array;
  /** Bytes from one element to the next; above the element's size, where elements of attributes must be aligned. */
  stride: number;
  readonly accessor: number;
  readonly part: 'values' | 'sparseIndices' | 'sparseValues';
}

export interface Picture {
  bytes: Uint8Array;
  mimeType: string;
}

export interface UnpackedModel {
  readonly document: Record<string, unknown>;
  /** As in the document, but free to be changed. */
  readonly accessors: Record<string, unknown>[];
  readonly arrays: PackedArray[];
  /** Pictures inside of the file, by their index. */
  readonly pictures: Map<number, Picture>;
}

const COMPONENT_BYTES: Readonly<Record<number, number>> = {
  5120: 1,
  5121: 1,
  5122: 2,
  5123: 2,
  5125: 4,
  5126: 4,
};
const WIDTHS: Readonly<Record<string, number>> = {
  SCALAR: 1,
  VEC2: 2,
  VEC3: 3,
  VEC4: 4,
  MAT2: 4,
  MAT3: 9,
  MAT4: 16,
};

/** How many numbers an element of an accessor has. */
export function widthOf(accessor: JsonObject): number {
  return WIDTHS[String(accessor['type'])] ?? 0;
}

/** Errors: `model-unreadable`, `model-packed`. https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#accessors */
export function unpack(document: Record<string, unknown>, bin: Uint8Array): UnpackedModel {
  if (hasBytesElsewhere(document)) {
    throw new ForgeError(
      'model-packed',
      'The model is compressed (by Draco), or an extension of it holds bytes of its own: it is not written anew.',
      'Use the file it was made from.',
    );
  }
  const views = listIn(document['bufferViews']).map(objectIn);
  const accessors = listIn(document['accessors']).map((one) => ({ ...objectIn(one) }));
  const arrays: PackedArray[] = [];
  const read = (
    from: JsonObject,
    count: number,
    element: number,
    accessor: number,
    part: PackedArray['part'],
  ): void => {
    const view = views[indexIn(from['bufferView']) ?? -1];
    if (view === undefined) return;
    const stride = indexIn(view['byteStride']) ?? element;
    const start = (indexIn(view['byteOffset']) ?? 0) + (indexIn(from['byteOffset']) ?? 0);
    const end = start + stride * (count - 1) + element;
    if (element === 0 || end > bin.length) throw unreadable(`accessor ${accessor} lies outside of the file`);
    arrays.push({ bytes: tight(bin, start, count, element, stride), stride: element, accessor, part });
  };
  for (const [index, accessor] of accessors.entries()) {
    const size = COMPONENT_BYTES[Number(accessor['componentType'])] ?? 0;
    const element = size * widthOf(accessor);
    read(accessor, indexIn(accessor['count']) ?? 0, element, index, 'values');
    const sparse = objectOrNull(accessor['sparse']);
    if (sparse === null) continue;
    const [indices, values] = [objectIn(sparse['indices']), objectIn(sparse['values'])];
    const count = indexIn(sparse['count']) ?? 0;
    const indexBytes = COMPONENT_BYTES[Number(indices['componentType'])] ?? 0;
    read(indices, count, indexBytes, index, 'sparseIndices');
    read(values, count, element, index, 'sparseValues');
  }
  return { document, accessors, arrays, pictures: picturesOf(document, views, bin) };
}

/** Notes an extension that a loader must know. */
export function requireExtension(document: Record<string, unknown>, name: string): void {
  for (const list of ['extensionsUsed', 'extensionsRequired'])
    document[list] = [...new Set([...listIn(document[list]), name])];
}

/** Which accessor is read as what; one that is read in two ways is `other`. */
export function rolesOf(document: JsonObject): ReadonlyMap<number, { role: Role; name: string }> {
  const roles = new Map<number, { role: Role; name: string }>();
  const note = (accessor: unknown, role: Role, name: string): void => {
    const index = indexIn(accessor);
    if (index === null) return;
    const known = roles.get(index);
    const same = known === undefined || (known.role === role && known.name === name);
    roles.set(index, same ? { role, name } : { role: 'other', name });
  };
  for (const mesh of listIn(document['meshes']).map(objectIn)) {
    for (const primitive of listIn(mesh['primitives']).map(objectIn)) {
      note(primitive['indices'], 'indices', '');
      for (const [name, at] of Object.entries(objectIn(primitive['attributes']))) note(at, 'attribute', name);
      for (const target of listIn(primitive['targets']).map(objectIn))
        for (const [name, at] of Object.entries(target)) note(at, 'morph', name);
    }
  }
  for (const skin of listIn(document['skins']).map(objectIn)) note(skin['inverseBindMatrices'], 'other', '');
  for (const animation of listIn(document['animations']).map(objectIn)) {
    for (const sampler of listIn(animation['samplers']).map(objectIn)) {
      note(sampler['input'], 'other', '');
      note(sampler['output'], 'other', '');
    }
  }
  return roles;
}

/** Whether an extension points at a buffer view, as Draco's meshes do: only those of accessors and pictures are laid anew. */
function hasBytesElsewhere({ accessors, images, ...others }: JsonObject): boolean {
  const own = [...listIn(accessors), ...listIn(images)].map((one) => objectIn(one)['extensions']);
  return pointsAtView([others, own]);
}

function pointsAtView(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'bufferView' in value || Object.values(value).some(pointsAtView);
}

function picturesOf(
  document: JsonObject,
  views: readonly JsonObject[],
  bin: Uint8Array,
): Map<number, Picture> {
  const pictures = new Map<number, Picture>();
  for (const [index, image] of listIn(document['images']).map(objectIn).entries()) {
    const view = views[indexIn(image['bufferView']) ?? -1];
    if (view === undefined) continue;
    const start = indexIn(view['byteOffset']) ?? 0;
    const end = start + (indexIn(view['byteLength']) ?? 0);
    if (end > bin.length) throw unreadable(`picture ${index} lies outside of the file`);
    pictures.set(index, { bytes: bin.subarray(start, end), mimeType: String(image['mimeType']) });
  }
  return pictures;
}

function tight(bin: Uint8Array, start: number, count: number, element: number, stride: number): Uint8Array {
  if (count === 0) return new Uint8Array();
  if (stride === element) return bin.slice(start, start + count * element);
  const whole = new Uint8Array(count * element);
  for (let n = 0; n < count; n++)
    whole.set(bin.subarray(start + n * stride, start + n * stride + element), n * element);
  return whole;
}

function unreadable(what: string): ForgeError {
  return new ForgeError('model-unreadable', `The model is damaged: ${what}.`, 'Export it again.');
}
