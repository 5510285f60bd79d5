/** Models as they are read for a check, beside the whole of them. */
import assert from 'node:assert/strict';
import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';
import type { ModelFile } from '../../../src/core/vrm/modelFile.ts';
import { PROFILES } from '../../../src/core/vrm/profile.ts';
import { type ModelReading, readForCheck } from '../../../src/core/vrm/readForCheck.ts';
import { readThumbnail, thumbnailOf } from '../../../src/core/vrm/thumbnail.ts';
import { checkReading, checkWhole } from '../../../src/core/vrm/validator.ts';
import { noise } from './pictures.ts';
import { packGlb } from './glb.ts';
import { edited, type Edit } from './json.ts';
import { sampleVrm } from './sampleVrm.ts';

const validator = new KhronosValidator();

export function inMemory(bytes: Uint8Array): ModelFile {
  return {
    size: bytes.length,
    read: (into, at) => {
      into.set(bytes.subarray(at, at + into.length));
      return Promise.resolve();
    },
  };
}

/** Our rules and Khronos' validator find the same in both, in the same order, and the same figures; gives what was read. */
export async function agreeOn(bytes: Uint8Array): Promise<ModelReading> {
  const reading = await readForCheck(inMemory(bytes));
  await alike(validator.validate(reading.bytes), validator.validate(bytes));
  for (const profile of [PROFILES.spec, PROFILES.app]) {
    for (const isAnimation of [false, true]) {
      const options = { profile, isAnimation };
      await alike(checkReading(validator, reading, options), checkWhole(validator, bytes, options));
    }
  }
  assert.deepEqual(await readThumbnail(inMemory(bytes)), thumbnailOf(bytes));
  return reading;
}

/** The validator throws at some files itself. */
async function alike(one: Promise<unknown>, other: Promise<unknown>): Promise<void> {
  const [a, b] = await Promise.allSettled([one, other]);
  assert.deepEqual(a, b);
}

/** The sample with pictures between its other buffer views, and edits of its document on top. */
export function withPictures(pictures: readonly Uint8Array[], edits: readonly Edit[] = []): Uint8Array {
  const { document, bin } = sampleVrm('1.0');
  const { bufferViews, images } = document as {
    readonly bufferViews: readonly { readonly byteOffset: number }[];
    readonly images: readonly object[];
  };
  const before = Buffer.concat(
    pictures.map((picture) => Buffer.concat([picture, Buffer.alloc(-picture.length & 3)])),
  );
  let at = 0;
  const views = pictures.map(({ length }) => {
    const view = { buffer: 0, byteOffset: at, byteLength: length };
    at += length + (-length & 3);
    return view;
  });
  const whole = Buffer.concat([before, bin, noise(500)]);
  const moved = bufferViews.map((view) => ({ ...view, byteOffset: view.byteOffset + before.length }));
  return packGlb(
    edited(
      edited(document, [
        { at: '/bufferViews', value: [...moved, ...views] },
        {
          at: '/images',
          value: [
            ...images,
            ...views.map((_, n) => ({ mimeType: 'image/png', bufferView: moved.length + n })),
          ],
        },
        { at: '/buffers/0/byteLength', value: whole.length },
      ]),
      edits,
    ),
    new Uint8Array(whole),
  );
}
