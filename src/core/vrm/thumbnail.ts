import { bytesOfView } from './accessorData.ts';
import { versionOf } from './check.ts';
import { readGlb } from './glb.ts';
import { readGltf } from './gltf.ts';
import type { BufferView, Gltf } from './gltf.ts';
import { readImageHeader } from './imageHeader.ts';
import { bytesAt, type ModelFile, readStart } from './modelFile.ts';
import { readVrm0 } from './readVrm0.ts';
import { readVrm1 } from './readVrm1.ts';

export interface Thumbnail {
  readonly bytes: Uint8Array;
  readonly mime: 'image/png' | 'image/jpeg';
}

/** The picture a model carries of itself; null where it has none, or one that is neither PNG nor JPEG. Never throws. */
export function thumbnailOf(vrm: Uint8Array): Thumbnail | null {
  const { json, bin } = readGlb(vrm);
  const gltf = readGltf(json, bin);
  return pictureOf(bytesOfView(gltf, thumbnailView(gltf)));
}

/** The same of a file, of which no more is read than need be. Rejects where it cannot be. */
export async function readThumbnail(file: ModelFile): Promise<Thumbnail | null> {
  const start = await readStart(file);
  if (start === null) return pictureOfAll(file);
  const view = thumbnailView(readGltf(start.glb.json, null));
  if (view?.plain !== true) return null;
  return pictureOf(await bytesAt(file, start.bytes.length + view.byteOffset, view.byteLength));
}

async function pictureOfAll(file: ModelFile): Promise<Thumbnail | null> {
  const bytes = await bytesAt(file, 0, file.size);
  return bytes === null ? null : thumbnailOf(bytes);
}

function thumbnailView(gltf: Gltf): BufferView | undefined {
  const version = versionOf(gltf);
  if (version === null) return undefined;
  const { thumbnail } = version === '1.0' ? readVrm1(gltf) : readVrm0(gltf);
  return gltf.bufferViews[gltf.images[thumbnail ?? -1]?.bufferView ?? -1];
}

function pictureOf(bytes: Uint8Array | null): Thumbnail | null {
  const mime = bytes === null ? null : readImageHeader(bytes)?.mime;
  if (bytes === null || (mime !== 'image/png' && mime !== 'image/jpeg')) return null;
  return { bytes, mime };
}
