/**
 * What of a model a check looks at, without the rest. Most of a model is pictures, and of a picture no check of ours and none of Khronos' sees
 * more than its header: so memory follows the geometry and not the file.
 */
import { componentBytes } from './accessorData.ts';
import { type BinChunk, CHUNK_HEADER_BYTES, type Glb, prefixBytesForJson, readGlb } from './glb.ts';
import { indexIn, listIn, objectIn } from './json.ts';
import type { JsonObject } from './json.ts';
import { JsonText } from './jsonText.ts';
import { KeptRanges, type Range } from './keptRanges.ts';
import { bytesAt, type ModelFile, type ModelStart, readStart } from './modelFile.ts';
import { bytesThatDecide } from './pictureHead.ts';

export interface ModelReading {
  /** The model as it is in the file, for our rules. */
  readonly glb: Glb;
  /** For other validators: a GLB of which they say the same as of the whole file. */
  readonly bytes: Uint8Array;
  /** The size of the file in bytes. */
  readonly totalBytes: number;
}

/** Where anything is not as usual, the whole file is read. Rejects where it cannot be. */
export async function readForCheck(file: ModelFile): Promise<ModelReading> {
  return (await readKept(file)) ?? readWhole(file);
}

async function readWhole(file: ModelFile): Promise<ModelReading> {
  const bytes = new Uint8Array(file.size);
  await file.read(bytes, 0);
  return { glb: readGlb(bytes), bytes, totalBytes: file.size };
}

async function readKept(file: ModelFile): Promise<ModelReading | null> {
  const start = await readStart(file);
  const views = start === null ? null : viewsIn(start);
  if (start === null || views === null) return null;
  const kept = await keptOf(file, start, views);
  const bytes = new Uint8Array(start.bytes.length + kept.length);
  bytes.set(start.bytes);
  if (!rewrite(bytes.subarray(0, start.bytes.length), start, kept)) return null;
  const bin = bytes.subarray(start.bytes.length);
  for (const range of kept.ranges) {
    const into = bin.subarray(kept.placeOf(range.start), kept.placeOf(range.end));
    await file.read(into, start.bytes.length + range.start);
  }
  return { glb: { ...start.glb, bin: new KeptBin(bin, start, kept) }, bytes, totalBytes: file.size };
}

/** What was kept of a binary chunk, by the places it had there. */
class KeptBin implements BinChunk {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #kept: KeptRanges;

  constructor(bytes: Uint8Array, { binLength }: ModelStart, kept: KeptRanges) {
    this.length = binLength;
    this.#bytes = bytes;
    this.#kept = kept;
  }

  subarray(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(this.#kept.placeOf(start), this.#kept.placeOf(end));
  }
}

interface Views {
  readonly pictures: readonly Range[];
  readonly others: readonly Range[];
}

/** The buffer views that hold pictures and nothing else, and the others; `null` where they do not lie as usual. */
function viewsIn({ glb, binLength }: ModelStart): Views | null {
  const json = objectIn(glb.json);
  const [buffer, ...more] = listIn(json['buffers']).map(objectIn);
  if (buffer === undefined || more.length > 0 || 'uri' in buffer || 'extensions' in buffer) return null;
  const declared = indexIn(buffer['byteLength']);
  if (declared === null || declared > binLength) return null;
  const views = listIn(json['bufferViews']).map(objectIn);
  const runs = listIn(json['accessors']).flatMap((accessor) => runsOf(objectIn(accessor)));
  if (!runs.every((run) => isUsual(run, views))) return null;
  const used = new Set(runs.map(({ view }) => view));
  const shown = new Set(listIn(json['images']).map((image) => indexIn(objectIn(image)['bufferView'])));
  const pictures: Range[] = [];
  const others: Range[] = [{ start: declared, end: binLength }];
  for (const [n, view] of views.entries()) {
    const [start, length] = [startOf(view), indexIn(view['byteLength'])];
    if (start === null || length === null || start + length > declared) return null;
    if (view['buffer'] !== 0 || 'extensions' in view) return null;
    const isPicture = shown.has(n) && !used.has(n) && !('byteStride' in view);
    (isPicture ? pictures : others).push({ start, end: start + length });
  }
  return { pictures, others };
}

/** Numbers of an accessor, as they lie in a buffer view. */
interface Run {
  readonly view: unknown;
  readonly byteOffset: unknown;
  readonly componentType: unknown;
  /** Of those that Khronos' validator reads without a look at where the buffer view ends. */
  readonly count: unknown;
}

function runsOf({ bufferView, byteOffset, componentType, sparse }: JsonObject): readonly Run[] {
  const { count, indices: indexed, values: replaced } = objectIn(sparse);
  const [indices, values] = [objectIn(indexed), objectIn(replaced)];
  return [
    { view: bufferView, byteOffset, componentType, count: 0 },
    {
      view: indices['bufferView'],
      byteOffset: indices['byteOffset'],
      componentType: indices['componentType'],
      count,
    },
    { view: values['bufferView'], byteOffset: values['byteOffset'], componentType, count: 0 },
  ].filter(({ view }) => view !== undefined);
}

/** It lies in its buffer view, and in line: else Khronos' validator tells where in the file. */
function isUsual(
  { view: index, byteOffset = 0, componentType, count }: Run,
  views: readonly JsonObject[],
): boolean {
  const view = views[indexIn(index) ?? -1] ?? {};
  const [start, length] = [startOf(view), indexIn(view['byteLength'])];
  const [offset, numbers] = [indexIn(byteOffset), indexIn(count)];
  const size = componentBytes(indexIn(componentType) ?? 0);
  if (start === null || length === null || offset === null || numbers === null || size === undefined)
    return false;
  return (start + offset) % size === 0 && offset + numbers * size <= length;
}

function startOf({ byteOffset = 0 }: JsonObject): number | null {
  return indexIn(byteOffset);
}

async function keptOf(
  file: ModelFile,
  { bytes, binLength }: ModelStart,
  { pictures, others }: Views,
): Promise<KeptRanges> {
  let effort = file.size; // a picture may stand in thousands of buffer views
  const read = async (at: number, count: number): Promise<Uint8Array | null> => {
    effort -= Math.max(count, FIRST_BYTES);
    return effort < 0 ? null : bytesAt(file, bytes.length + at, count);
  };
  const needed = [...others];
  for (const { start, end } of pictures) {
    needed.push({ start, end: start + (await headOf((count) => read(start, count), end - start)) });
  }
  return new KeptRanges(needed, binLength);
}

/** Most headers end within. */
const FIRST_BYTES = 4096;

/** How many bytes of a picture are needed: all of them, where its header is not understood, or was not read. */
async function headOf(read: (count: number) => Promise<Uint8Array | null>, length: number): Promise<number> {
  for (let count = Math.min(FIRST_BYTES, length); ;) {
    const bytes = await read(count);
    const decided = bytes === null ? Infinity : bytesThatDecide(bytes);
    if (decided <= count) return decided;
    if (decided >= length) return length;
    count = Math.min(length, Math.max(decided, 2 * count));
  }
}

/** Brings the lengths and places that a GLB tells in line with what is kept; false where its JSON is written too oddly for that. */
function rewrite(start: Uint8Array, { glb, binLength }: ModelStart, kept: KeptRanges): boolean {
  const header = new DataView(start.buffer, start.byteOffset, start.byteLength);
  header.setUint32(8, start.length + kept.length, true);
  header.setUint32(start.length - CHUNK_HEADER_BYTES, kept.length, true);
  if (kept.length === binLength) return true;
  const text = new JsonText(
    start.subarray(prefixBytesForJson(new Uint8Array()), start.length - CHUNK_HEADER_BYTES),
  );
  const root = text.members(text.root);
  const set = (
    items: readonly number[] | null,
    n: number,
    name: string,
    before: number,
    after: number,
  ): boolean => {
    if (before === after) return true;
    const at = text.members(items?.[n])?.get(name);
    return at !== undefined && text.replace(at, after);
  };
  const json = objectIn(glb.json);
  const views = text.items(root?.get('bufferViews'));
  const declared = indexIn(objectIn(listIn(json['buffers'])[0])['byteLength']) ?? 0;
  return (
    kept.placeOf(declared) > 0 &&
    set(text.items(root?.get('buffers')), 0, 'byteLength', declared, kept.placeOf(declared)) &&
    listIn(json['bufferViews'])
      .map(objectIn)
      .every((view, n) => {
        const from = startOf(view) ?? 0;
        const length = indexIn(view['byteLength']) ?? 0;
        const [place, end] = [kept.placeOf(from), kept.placeOf(from + length)];
        return set(views, n, 'byteOffset', from, place) && set(views, n, 'byteLength', length, end - place);
      })
  );
}
