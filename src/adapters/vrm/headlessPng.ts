import type { Glb } from '../../core/vrm/glb.ts';
import { indexIn, listIn, objectIn, textIn } from '../../core/vrm/json.ts';
import type { JsonObject } from '../../core/vrm/json.ts';

/**
 * The first picture of a GLB that is a PNG whose pixels come before its header; `null` where none is. Khronos' validator throws at such
 * a picture when whoever called it is no longer there to be told, and that ends the process.
 */
export function headlessPng({ json, bin }: Glb<Uint8Array>): number | null {
  const document = objectIn(json);
  const buffers = listIn(document['buffers'])
    .map(objectIn)
    .map(({ uri }, n) => (n === 0 && uri === undefined ? bin : bytesIn(uri)));
  const views = listIn(document['bufferViews']).map(objectIn);
  const found = listIn(document['images'])
    .map(objectIn)
    .findIndex(({ bufferView, uri }) =>
      [bytesIn(uri), bytesOf(views[indexIn(bufferView) ?? -1] ?? {}, buffers)].some(
        (picture) => picture !== null && isHeadless(picture),
      ),
    );
  return found === -1 ? null : found;
}

function bytesOf(view: JsonObject, buffers: readonly (Uint8Array | null)[]): Uint8Array | null {
  const start = indexIn(view['byteOffset']) ?? 0;
  const length = indexIn(view['byteLength']) ?? 0;
  return buffers[indexIn(view['buffer']) ?? -1]?.subarray(start, start + length) ?? null;
}

/** Of a `data:` URI. */
function bytesIn(uri: unknown): Uint8Array | null {
  const [, type, data] = /^data:([^,]*),(.*)$/is.exec(textIn(uri) ?? '') ?? [];
  if (type === undefined || data === undefined) return null;
  const text = data.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(text, /;base64$/i.test(type) ? 'base64' : 'latin1');
}

const PNG = 0x89504e47;
const IHDR = 0x49484452;
const IDAT = 0x49444154;
/** A header that comes later is none, either: a hostile file has many pictures, each of many pieces. */
const MOST_CHUNKS = 1000;

function isHeadless(picture: Uint8Array): boolean {
  const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  if (view.byteLength < 16 || view.getUint32(0) !== PNG) return false;
  for (let at = 8, n = 0; at + 8 <= view.byteLength; at += 12 + view.getUint32(at), n++) {
    const type = view.getUint32(at + 4);
    if (type === IHDR) return false;
    if (type === IDAT || n === MOST_CHUNKS) return true;
  }
  return false;
}
