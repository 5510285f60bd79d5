import { bytesOfView } from '../accessorData.ts';
import { imageFact } from '../facts.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

/** What phones and older graphics chips take. */
const MOST_PIXELS = 4096;
const FORMATS = ['image/png', 'image/jpeg', 'image/webp', 'image/ktx2'];

export const textures = defineRule({
  name: 'textures',
  codes: {
    'texture-size': {
      severity: 'warning',
      title: 'A picture too large for many devices',
      next: `Scale it down to at most ${MOST_PIXELS} pixels a side.`,
      spec: gltfClause('images'),
    },
    'texture-format': {
      severity: 'error',
      title: 'A picture in no format that viewers read',
      next: 'Save it as PNG or JPEG and export again.',
      spec: gltfClause('images'),
    },
    'texture-mime': {
      severity: 'warning',
      title: 'A picture that is not of the type it says',
      next: 'Save it again in the format of its name and export again.',
      spec: gltfClause('images'),
    },
  },
  check({ gltf }: VrmModel, report) {
    gltf.images.forEach((image, n) => {
      const { name, mime, width, height } = imageFact(gltf, n);
      const where = { image: name, pointer: `/images/${n}` };
      const size = Math.max(width ?? 0, height ?? 0);
      if (size > MOST_PIXELS) {
        report('texture-size', { message: `${name} has ${width} × ${height} pixels.`, where });
      }
      const unread = width === null && bytesOfView(gltf, gltf.bufferViews[image.bufferView ?? -1]) !== null;
      if (unread || !FORMATS.includes(mime ?? 'image/png')) {
        report('texture-format', {
          message: `${name} is ${mime ?? 'of an unknown format'}, or damaged.`,
          where,
        });
      } else if (mime !== null && image.mimeType !== null && mime !== image.mimeType) {
        report('texture-mime', { message: `${name} says ${image.mimeType} and is ${mime}.`, where });
      }
    });
  },
});
