import { meshCompressor } from '../adapters/vrm/meshCompressor.ts';
import { pictureCodec } from '../adapters/vrm/pictureCodec.ts';
import { optimise } from '../core/vrm/optimise/optimise.ts';

/** A copy that a chat can be given. No meshopt: the page in a chat may start no worker. */
export async function lighterForChat(vrm: Uint8Array): Promise<Uint8Array> {
  const wishes = { textureSize: 512, textureFormat: 'webp', quantise: true, meshopt: false } as const;
  const { bytes } = await optimise(vrm, wishes, { pictures: pictureCodec(), meshes: meshCompressor() });
  return bytes;
}
