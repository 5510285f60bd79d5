import { ForgeError } from '../errors.ts';
import { indexIn, listIn, objectIn, objectOrNull } from './json.ts';
import { putTogether, takeApart } from './rewriteGlb.ts';

/**
 * The same model with this PNG as its thumbnail. A picture that nothing else shows is replaced, else one is added.
 * Errors: `model-unreadable`, `model-packed`.
 * https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/meta.md#metathumbnailimage
 */
export function withThumbnail(vrm: Uint8Array, png: Uint8Array): Uint8Array {
  const parts = takeApart(vrm);
  const { document } = parts;
  const images = [...listIn(document['images'])];
  const textures = [...listIn(document['textures'])];
  const views = listIn(document['bufferViews']);
  const { VRMC_vrm: vrm1, VRM: vrm0 } = objectIn(document['extensions']);
  const extension = objectOrNull(vrm1) ?? objectOrNull(vrm0);
  if (extension === null) {
    throw new ForgeError('model-unreadable', 'The file is no VRM.', 'Export it as VRM.');
  }
  const meta = objectIn(extension['meta']);
  const isOne = extension === vrm1;
  const before = isOne
    ? indexIn(meta['thumbnailImage'])
    : indexIn(objectIn(textures[indexIn(meta['texture']) ?? -1])['source']);
  const uses = textures.filter((texture) => indexIn(objectIn(texture)['source']) === before).length;
  const own = before !== null && uses <= (isOne ? 0 : 1) ? objectOrNull(images[before]) : null;
  const oldView = indexIn(own?.['bufferView']);
  const view = oldView ?? views.length;
  const picture = { ...own, mimeType: 'image/png', bufferView: view };
  if (own !== null && before !== null) images[before] = picture;
  else {
    images.push({ name: 'Thumbnail', ...picture });
    if (!isOne) textures.push({ source: images.length - 1 });
    const place = isOne ? { thumbnailImage: images.length - 1 } : { texture: textures.length - 1 };
    document['extensions'] = {
      ...objectIn(document['extensions']),
      [isOne ? 'VRMC_vrm' : 'VRM']: { ...extension, meta: { ...meta, ...place } },
    };
  }
  document['images'] = images;
  if (textures.length > 0) document['textures'] = textures;
  return putTogether(parts, new Map([[view, png]]));
}
