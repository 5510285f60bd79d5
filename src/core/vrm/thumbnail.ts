import { bytesOfView } from './accessorData.ts';
import { versionOf } from './check.ts';
import { readGlb } from './glb.ts';
import { readGltf } from './gltf.ts';
import { readImageHeader } from './imageHeader.ts';
import { readVrm0 } from './readVrm0.ts';
import { readVrm1 } from './readVrm1.ts';

export interface Thumbnail {
  readonly bytes: Uint8Array;
  readonly mime: 'image/png' | 'image/jpeg';
}

/** The picture a model carries of itself; null where it has none, or one that is neither PNG nor JPEG. Never throws. */
export function thumbnailOf(vrm: Uint8Array): Thumbnail | null {
  const glb = readGlb(vrm, vrm.length);
  const gltf = readGltf(glb.json, glb.bin);
  const version = versionOf(gltf);
  if (version === null) return null;
  const { thumbnail } = version === '1.0' ? readVrm1(gltf) : readVrm0(gltf);
  const view = gltf.bufferViews[gltf.images[thumbnail ?? -1]?.bufferView ?? -1];
  const bytes = bytesOfView(gltf, view);
  const mime = bytes === null ? null : readImageHeader(bytes)?.mime;
  if (bytes === null || (mime !== 'image/png' && mime !== 'image/jpeg')) return null;
  return { bytes, mime };
}
