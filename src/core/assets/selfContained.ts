import { ForgeError } from '../errors.ts';
import { readGlb } from '../vrm/glb.ts';
import { readImageHeader } from '../vrm/imageHeader.ts';
import { indexIn, type JsonObject, listIn, objectIn, objectOrNull, textIn } from '../vrm/json.ts';
import { joined, pack, padded } from '../vrm/rewriteGlb.ts';
import { checkKind } from './fileKind.ts';

/**
 * A .gltf and the files beside it as one GLB. Their paths only choose among the files at hand: nothing is read or written by them.
 * Errors: `asset-wrong-type`, `asset-corrupt`.
 * @param files by the path that the .gltf names them by
 */
export function gltfToGlb(gltf: Uint8Array, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  checkKind('The model', gltf, ['json']);
  const document = objectOrNull(parse(gltf));
  if (document === null) throw corrupt('The .gltf is no JSON object');
  const fetch = (uri: string): Uint8Array => {
    const bytes = uri.startsWith('data:') ? fromDataUri(uri) : files.get(decoded(uri));
    if (bytes === undefined)
      throw corrupt(`The model names ${uri.slice(0, 80)}, which is not among its files`);
    return bytes;
  };
  const parts: Uint8Array[] = [];
  let length = 0;
  const append = (bytes: Uint8Array): number => {
    const at = length;
    const whole = padded(bytes, 0);
    parts.push(whole);
    length += whole.length;
    return at;
  };
  const starts = listIn(document['buffers']).map((buffer) => {
    const uri = textIn(objectIn(buffer)['uri']);
    if (uri === null) throw corrupt('A buffer of the model has no data');
    return append(fetch(uri));
  });
  const views: JsonObject[] = listIn(document['bufferViews']).map((item) => {
    const view = objectIn(item);
    const start = starts[indexIn(view['buffer']) ?? -1];
    if (start === undefined) throw corrupt('A view of the model names a buffer that is not there');
    return { ...view, buffer: 0, byteOffset: start + (indexIn(view['byteOffset']) ?? 0) };
  });
  const images = listIn(document['images']).map((item): JsonObject => {
    const { uri, ...image } = objectIn(item);
    if (typeof uri !== 'string') return image;
    const bytes = fetch(uri);
    const header = readImageHeader(bytes);
    if (header === null)
      throw corrupt(`The picture ${uri.slice(0, 80)} of the model is none that glTF knows`);
    views.push({ buffer: 0, byteOffset: append(bytes), byteLength: bytes.length });
    const name =
      textIn(image['name']) ?? decoded(uri.startsWith('data:') ? 'image' : uri).replace(/^.*\/|\.\w+$/g, '');
    return { ...image, name, mimeType: header.mime, bufferView: views.length - 1 };
  });
  const whole = {
    ...document,
    buffers: [{ byteLength: length }],
    bufferViews: views,
    ...(images.length === 0 ? {} : { images }),
  };
  return pack(whole, joined(parts, length));
}

/** A GLB that is whole, has a mesh, and names no other file. Errors: `asset-wrong-type`, `asset-corrupt`, `asset-external`. */
export function checkGlb(name: string, bytes: Uint8Array): void {
  checkKind(name, bytes, ['glb']);
  const { json, problems } = readGlb(bytes);
  const [problem] = problems;
  if (problem !== undefined) throw corrupt(problem.message.replace(/\.$/, ''));
  const document = objectIn(json);
  const outside = [...listIn(document['buffers']), ...listIn(document['images'])].find(
    (item) => objectIn(item)['uri'] !== undefined,
  );
  if (outside !== undefined) {
    throw new ForgeError(
      'asset-external',
      `${name} refers to files outside of itself. Nothing was imported.`,
      'Use another source, which keeps everything in the one file.',
    );
  }
  if (listIn(document['meshes']).length === 0) throw corrupt(`${name} has no mesh`);
}

export function corrupt(what: string): ForgeError {
  return new ForgeError(
    'asset-corrupt',
    `${what}. Nothing was imported.`,
    'Try once more; if it stays so, choose another asset or resolution.',
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw corrupt('The .gltf is cut off, or is no JSON');
  }
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function fromDataUri(uri: string): Uint8Array | undefined {
  const base64 = /^data:[\w/+.-]*;base64,(.*)$/s.exec(uri)?.[1];
  return base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64'));
}
