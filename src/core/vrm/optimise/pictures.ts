/** Pictures at the size that a web page needs, in the format that takes the fewest bytes. */
import { readImageHeader } from '../imageHeader.ts';
import { indexIn, listIn, objectIn } from '../json.ts';
import { type Picture, requireExtension, type UnpackedModel } from './arrays.ts';

export interface PictureWishes {
  /** Longest side in pixels. */
  readonly textureSize: number;
  /** What pictures are stored as; `keep` leaves those that are small enough as they are. */
  readonly textureFormat: 'webp' | 'png' | 'keep';
}

/** Pixels are RGBA, 8 bits each. Errors of `recode`: `picture-unreadable`. */
export interface PictureCodec {
  recode(
    picture: Picture,
    size: { readonly width: number; readonly height: number },
    format: 'webp' | 'png',
  ): Promise<Uint8Array>;
}

const WEBP = 'EXT_texture_webp';

/**
 * A picture that would not become smaller stays. The thumbnail stays PNG: shops and pickers show it without a glTF loader.
 * https://github.com/KhronosGroup/glTF/blob/main/extensions/2.0/Vendor/EXT_texture_webp/README.md
 */
export async function smallerPictures(
  { document, pictures }: UnpackedModel,
  { textureSize, textureFormat }: PictureWishes,
  codec: PictureCodec,
): Promise<void> {
  const thumbnail = thumbnailOf(document);
  for (const [index, picture] of pictures) {
    const header = readImageHeader(picture.bytes);
    if (header === null || header.mime === 'image/webp') continue;
    const scale = Math.min(1, textureSize / Math.max(header.width, header.height));
    const size = {
      width: Math.max(1, Math.round(header.width * scale)),
      height: Math.max(1, Math.round(header.height * scale)),
    };
    if (textureFormat === 'keep' && scale === 1) continue;
    const format = index === thumbnail || textureFormat !== 'webp' ? 'png' : 'webp';
    const bytes = await codec.recode(picture, size, format);
    if (bytes.length >= picture.bytes.length && scale === 1) continue;
    pictures.set(index, { bytes, mimeType: `image/${format}` });
  }
  pointAtWebp(document, pictures);
}

/** A texture whose picture is WebP names it by the extension, and by that alone. */
function pointAtWebp(document: Record<string, unknown>, pictures: ReadonlyMap<number, Picture>): void {
  const textures = listIn(document['textures']).map(objectIn);
  const isWebp = (source: unknown): boolean => pictures.get(indexIn(source) ?? -1)?.mimeType === 'image/webp';
  if (!textures.some(({ source }) => isWebp(source))) return;
  requireExtension(document, WEBP);
  document['textures'] = textures.map((texture) => {
    const { source, ...rest } = texture;
    if (!isWebp(source)) return texture;
    return { ...rest, extensions: { ...objectIn(rest['extensions']), [WEBP]: { source } } };
  });
}

function thumbnailOf(document: Record<string, unknown>): number | null {
  const { VRMC_vrm: vrm1, VRM: vrm0 } = objectIn(document['extensions']);
  const direct = indexIn(objectIn(objectIn(vrm1)['meta'])['thumbnailImage']);
  if (direct !== null) return direct;
  const texture = indexIn(objectIn(objectIn(vrm0)['meta'])['texture']);
  return indexIn(objectIn(listIn(document['textures'])[texture ?? -1])['source']);
}
