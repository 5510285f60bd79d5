/** Lays every array and picture into a buffer view of its own, compressed where that is asked for. */
import { listIn, objectIn } from '../json.ts';
import { joined, padded } from '../rewriteGlb.ts';
import { type PackedArray, requireExtension, rolesOf, type UnpackedModel } from './arrays.ts';

export type MeshoptMode = 'ATTRIBUTES' | 'TRIANGLES' | 'INDICES';

/** The encoder of EXT_meshopt_compression; `stride` in bytes. */
export interface MeshCompressor {
  compress(bytes: Uint8Array, count: number, stride: number, mode: MeshoptMode): Promise<Uint8Array>;
}

const MESHOPT = 'EXT_meshopt_compression';
const [ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER] = [34_962, 34_963] as const;

/** Writes the document's `bufferViews` and what points at them; the binary chunk that goes with it. */
export async function packViews(
  model: UnpackedModel,
  compressor: MeshCompressor | null,
): Promise<Uint8Array> {
  const { document, accessors, pictures } = model;
  const roles = rolesOf(document);
  const views: object[] = [];
  const parts: Uint8Array[] = [];
  const [stored, expanded] = [new Ledger(), new Ledger()];
  const lay = (view: object, bytes: Uint8Array): number => {
    parts.push(padded(bytes, 0));
    return views.push({ buffer: 0, ...stored.take(bytes.length), ...view }) - 1;
  };
  for (const array of model.arrays) {
    const role = roles.get(array.accessor)?.role ?? 'other';
    const isVertex = array.part === 'values' && (role === 'attribute' || role === 'morph');
    const isIndex = array.part === 'values' && role === 'indices';
    const stride = isVertex ? Math.ceil(array.stride / 4) * 4 : array.stride;
    const bytes = restrided(array, stride);
    const view = {
      ...(isVertex && stride !== array.stride ? { byteStride: stride } : {}),
      ...(isVertex ? { target: ARRAY_BUFFER } : {}),
      ...(isIndex ? { target: ELEMENT_ARRAY_BUFFER } : {}),
    };
    const count = bytes.length / stride;
    const mode = isIndex ? (count % 3 === 0 ? 'TRIANGLES' : 'INDICES') : 'ATTRIBUTES';
    const fits = compressor !== null && (isIndex || stride % 4 === 0);
    const packed = fits ? await compressor.compress(bytes, count, stride, mode) : bytes;
    if (packed.length < bytes.length) {
      const where = { buffer: 0, ...stored.take(packed.length), byteStride: stride, mode, count };
      parts.push(padded(packed, 0));
      views.push({ buffer: 1, ...expanded.take(bytes.length), ...view, extensions: { [MESHOPT]: where } });
      point(accessors[array.accessor], array.part, views.length - 1);
    } else point(accessors[array.accessor], array.part, lay(view, bytes));
  }
  const images = listIn(document['images']).map(objectIn);
  const laid = images.map((image, index) => {
    const picture = pictures.get(index);
    if (picture === undefined) return image;
    return { ...image, mimeType: picture.mimeType, bufferView: lay({}, picture.bytes) };
  });
  if (laid.length > 0) document['images'] = laid;
  document['accessors'] = accessors;
  document['bufferViews'] = views;
  document['buffers'] = [{ byteLength: stored.length }];
  if (expanded.length > 0) {
    const fallback = { byteLength: expanded.length, extensions: { [MESHOPT]: { fallback: true } } };
    document['buffers'] = [{ byteLength: stored.length }, fallback];
    requireExtension(document, MESHOPT);
  }
  return joined(parts, stored.length);
}

/** Places one after the other, each on a line of its own. */
class Ledger {
  length = 0;

  take(byteLength: number): { readonly byteOffset: number; readonly byteLength: number } {
    const byteOffset = this.length;
    this.length += Math.ceil(byteLength / 4) * 4;
    return { byteOffset, byteLength };
  }
}

function restrided({ bytes, stride: element }: PackedArray, stride: number): Uint8Array {
  if (stride === element) return bytes;
  const whole = new Uint8Array((bytes.length / element) * stride);
  for (let at = 0, to = 0; at < bytes.length; at += element, to += stride)
    whole.set(bytes.subarray(at, at + element), to);
  return whole;
}

function point(accessor: Record<string, unknown> | undefined, part: PackedArray['part'], view: number): void {
  if (accessor === undefined) return;
  if (part === 'values') {
    accessor['bufferView'] = view;
    delete accessor['byteOffset'];
    return;
  }
  const sparse = objectIn(accessor['sparse']);
  const half = part === 'sparseIndices' ? 'indices' : 'values';
  accessor['sparse'] = { ...sparse, [half]: { ...objectIn(sparse[half]), bufferView: view, byteOffset: 0 } };
}
