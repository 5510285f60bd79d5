/**
 * A GLB with some of its buffer views replaced. Nothing is renumbered: extensions that point at nodes, meshes, materials or
 * images by their index, as all of VRM's do, stay true.
 */
import { ForgeError } from '../errors.ts';
import { readGlb } from './glb.ts';
import { indexIn, listIn, objectIn, objectOrNull } from './json.ts';
import type { JsonObject } from './json.ts';

export interface GlbParts {
  /** A copy of the document, to be changed at will. */
  readonly document: Record<string, unknown>;
  readonly bin: Uint8Array;
}

/** Errors: `model-unreadable`, `model-packed`. */
export function takeApart(bytes: Uint8Array): GlbParts {
  const { json, bin, problems } = readGlb(bytes);
  const [problem] = problems;
  if (objectOrNull(json) === null || bin === null || problem !== undefined) {
    throw new ForgeError(
      'model-unreadable',
      problem?.message ?? 'The file has no binary chunk.',
      'Export it again.',
    );
  }
  const document = structuredClone(json) as Record<string, unknown>;
  const views = listIn(document['bufferViews']).map(objectIn);
  const single = listIn(document['buffers']).length === 1;
  if (!single || views.some((view) => view['extensions'] !== undefined || indexIn(view['buffer']) !== 0)) {
    throw new ForgeError(
      'model-packed',
      'The model is compressed, or has buffers outside the file: it is not written anew.',
      'Use the file it was made from.',
    );
  }
  return { document, bin };
}

/**
 * Puts it together, each buffer view on a new line of its own. `replaced` gives views, by index, other bytes than they had;
 * indices from the end of the list on are new views.
 */
export function putTogether(
  { document, bin }: GlbParts,
  replaced: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const views: JsonObject[] = listIn(document['bufferViews']).map(objectIn);
  for (const index of replaced.keys()) views[index] ??= { buffer: 0 };
  const parts: Uint8Array[] = [];
  let at = 0;
  const laid = views.map((view, index): JsonObject => {
    const start = indexIn(view['byteOffset']) ?? 0;
    const own = bin.subarray(start, start + (indexIn(view['byteLength']) ?? 0));
    const bytes = replaced.get(index) ?? own;
    const whole = padded(bytes, 0);
    parts.push(whole);
    const byteOffset = at;
    at += whole.length;
    return { ...view, byteOffset, byteLength: bytes.length };
  });
  const [buffer] = listIn(document['buffers']);
  const changed = { ...document, bufferViews: laid, buffers: [{ ...objectIn(buffer), byteLength: at }] };
  return pack(changed, joined(parts, at));
}

/** https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#glb-file-format-specification */
export function pack(document: object, bin: Uint8Array): Uint8Array {
  const json = padded(new TextEncoder().encode(JSON.stringify(document)), 0x20);
  const whole = new Uint8Array(12 + 8 + json.length + 8 + bin.length);
  const view = new DataView(whole.buffer);
  const words: readonly (readonly [at: number, word: number])[] = [
    [0, 0x46546c67],
    [4, 2],
    [8, whole.length],
    [12, json.length],
    [16, 0x4e4f534a],
    [20 + json.length, bin.length],
    [24 + json.length, 0x004e4942],
  ];
  for (const [at, word] of words) view.setUint32(at, word, true);
  whole.set(json, 20);
  whole.set(bin, 28 + json.length);
  return whole;
}

export function padded(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const whole = new Uint8Array(4 * Math.ceil(bytes.length / 4)).fill(filler);
  whole.set(bytes);
  return whole;
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
