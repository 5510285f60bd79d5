import { imageFact } from '../facts.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const THUMBNAIL = clauses(
  'VRMC_vrm-1.0/meta.md#metathumbnailimage',
  '#vrm-extension-model-information-jsonextensionsvrmmeta',
);

export const thumbnail = defineRule({
  name: 'thumbnail',
  codes: {
    'thumbnail-missing': {
      severity: 'info',
      title: 'No thumbnail',
      next: 'Add a square picture of the face, best 1024 × 1024, as PNG or JPEG.',
      spec: THUMBNAIL,
    },
    'thumbnail-image': {
      severity: 'error',
      title: 'The thumbnail points at no picture',
      next: 'Choose the thumbnail again and export again.',
      spec: THUMBNAIL,
    },
    'thumbnail-format': {
      severity: 'error',
      title: 'The thumbnail is neither PNG nor JPEG',
      next: 'Save the thumbnail as PNG or JPEG and export again.',
      spec: THUMBNAIL,
    },
    'thumbnail-not-square': {
      severity: 'error',
      title: 'The thumbnail is not square',
      next: 'Crop the thumbnail to a square, best 1024 × 1024.',
      spec: THUMBNAIL,
    },
  },
  check({ version, gltf, thumbnail: index }: VrmModel, report) {
    if (index === null) {
      report('thumbnail-missing', { message: 'The model has no thumbnail.' });
      return;
    }
    const pointer =
      version === '1.0' ? '/extensions/VRMC_vrm/meta/thumbnailImage' : '/extensions/VRM/meta/texture';
    if (index === undefined || gltf.images[index] === undefined) {
      report('thumbnail-image', {
        message: 'The thumbnail points at a picture that does not exist.',
        where: { pointer },
      });
      return;
    }
    const { name, mime, width, height } = imageFact(gltf, index);
    const where = { pointer, image: name };
    // 0.x shows any picture; only 1.0 asks for these two.
    const severity = version === '1.0' ? 'error' : 'warning';
    if (mime !== 'image/png' && mime !== 'image/jpeg') {
      report('thumbnail-format', {
        message: `The thumbnail is ${mime ?? 'of an unknown format'}.`,
        where,
        severity,
      });
    }
    if (width !== null && width !== height) {
      report('thumbnail-not-square', {
        message: `The thumbnail is ${width} × ${height ?? '?'} pixels.`,
        where,
        severity,
      });
    }
  },
});
