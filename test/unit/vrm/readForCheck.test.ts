import assert from 'node:assert/strict';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { readForCheck } from '../../../src/core/vrm/readForCheck.ts';
import { skip } from '../../support/skip.ts';
import { vrmAnimation } from '../../support/vrm/animation.ts';
import { bigVrm } from '../../support/vrm/bigVrm.ts';
import { dracoVrm } from '../../support/vrm/draco.ts';
import type { Edit } from '../../support/vrm/json.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { mtoonVrm } from '../../support/vrm/mtoonVrm.ts';
import { ktx2Vrm, meshoptVrm } from '../../support/vrm/packed.ts';
import { jpegOf, PICTURES, pngOf, segment } from '../../support/vrm/pictures.ts';
import { agreeOn, inMemory, withPictures } from '../../support/vrm/checkReadings.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';
import { readSample, SAMPLE_MOVEMENTS, SAMPLES, samplesMissing } from '../../support/vrm/samples.ts';
import { CONTENT_MUTANTS } from './contentMutants.ts';
import { makeMutant, STRUCTURE_MUTANTS, withPicture } from './mutants.ts';

describe('what is read of a model for a check', function () {
  this.timeout(60_000);

  for (const mutant of [...STRUCTURE_MUTANTS, ...CONTENT_MUTANTS]) {
    it(`shows ${mutant.code}: ${mutant.defect} (${mutant.version})`, async () => {
      await agreeOn(makeMutant(mutant));
    });
  }

  for (const [what, picture] of Object.entries(PICTURES)) {
    it(`shows a ${what}`, async () => {
      for (const mime of ['image/png', 'image/jpeg', 'image/webp']) {
        await agreeOn(withPicture(sampleVrm('1.0'), picture, mime));
      }
      await agreeOn(withPictures([pngOf([]), picture, jpegOf([])]));
      for (const length of [0, 1, 13, 14, 24, 29, 30, 31, 44]) {
        await agreeOn(withPictures([picture.slice(0, length), pngOf([])]));
      }
    });
  }

  it('is little where the file is large', async () => {
    const file = bigVrm(3_000_000, 256);
    const reading = await agreeOn(file);
    assert.ok(reading.bytes.length < 100_000, `${reading.bytes.length} of ${file.length} bytes`);
    assert.equal(readGlb(reading.bytes).problems.length, 0);
  });

  it('is enough for models that are compressed, toon-shaded or movements', async () => {
    const toon = mtoonVrm();
    for (const bytes of [
      meshoptVrm(),
      ktx2Vrm(),
      ktx2Vrm(true),
      await dracoVrm(),
      vrmAnimation(),
      packGlb(toon.document, toon.bin),
    ])
      await agreeOn(bytes);
  });

  describe('is the whole file', () => {
    const picture = pngOf([]);
    const whole = async (bytes: Uint8Array): Promise<void> =>
      assert.deepEqual((await agreeOn(bytes)).bytes, bytes);
    const last = (bytes: Uint8Array): number => {
      const { bufferViews } = readGlb(bytes).json as { readonly bufferViews: readonly object[] };
      return bufferViews.length - 1;
    };
    const usual = withPictures([picture]);
    const view = `/bufferViews/${last(usual)}`;
    before(async () => assert.ok((await agreeOn(usual)).bytes.length < usual.length - 19_000));

    const odd: Readonly<Record<string, readonly Edit[]>> = {
      'two buffers': [{ at: '/buffers/-', value: { byteLength: 4 } }],
      'a buffer elsewhere': [{ at: '/buffers/0/uri', value: 'a.bin' }],
      'a buffer longer than its chunk': [{ at: '/buffers/0/byteLength', value: 99_999_999 }],
      'a view beyond the buffer': [{ at: `${view}/byteLength`, value: 99_999_999 }],
      'a view that is no number': [{ at: `${view}/byteOffset`, value: '0' }],
      'a view with an extension': [{ at: `${view}/extensions`, value: {} }],
      'sparse indices that reach beyond their view': [
        {
          at: '/accessors/0/sparse',
          value: {
            count: 8000,
            indices: { bufferView: 0, componentType: 5121 },
            values: { bufferView: 0 },
          },
        },
      ],
      'an accessor out of line': [{ at: '/bufferViews/0/byteOffset', value: picture.length + 1 }],
    };
    for (const [what, edits] of Object.entries(odd)) {
      it(`for ${what}`, () => whole(withPictures([picture], edits)));
    }

    it('for one with bytes after its end, and one that is cut', async () => {
      await whole(new Uint8Array([...usual, 0, 0, 0, 0]));
      await whole(usual.slice(0, -4));
    });
  });

  it('heeds views that overlap, and pictures that numbers lie in', async () => {
    const picture = pngOf([]);
    const usual = withPictures([picture]);
    const { bufferViews, images } = readGlb(usual).json as { bufferViews: object[]; images: object[] };
    const at = `/bufferViews/${bufferViews.length - 1}`;
    for (const edits of [
      [{ at: `${at}/byteLength`, value: picture.length + 1000 }],
      [{ at: `${at}/byteOffset`, value: 3 }],
      [{ at: '/bufferViews/0/byteOffset', value: 8000 }],
      [{ at: '/accessors/0/bufferView', value: bufferViews.length - 1 }],
      [{ at: `${at}/byteStride`, value: 8 }],
      [{ at: `${at}/target`, value: 34962 }],
      [
        { at: '/bufferViews/-', value: { buffer: 0, byteOffset: 5000, byteLength: 9000 } },
        { at: '/images/-', value: { ...images.at(-1), bufferView: bufferViews.length } },
      ],
      [
        {
          at: '/accessors/0/sparse',
          value: {
            count: 2,
            indices: { bufferView: bufferViews.length - 1, byteOffset: 100, componentType: 5123 },
            values: { bufferView: bufferViews.length - 1, byteOffset: 200 },
          },
        },
      ],
    ])
      await agreeOn(withPictures([picture], edits));
  });

  it('leaves something of a file in which nothing is used', async () => {
    await agreeOn(withPictures([pngOf([])], [{ at: '/bufferViews', value: [] }]));
  });

  it('leaves everything in the JSON as it was written but numbers of places', async () => {
    const usual = withPictures([pngOf([]), jpegOf([])]);
    const { json, bin } = readGlb(usual);
    assert.ok(bin !== null);
    const plain = JSON.stringify(json);
    const written: readonly string[] = [
      JSON.stringify(json, null, 2),
      plain.replaceAll('"byteLength"', '"byte\\u004cength"'),
      plain.replace('"bufferViews":[', '"extras":{"a":"]}\\\\\\"{[","bufferViews":[1]},"bufferViews" : [ '),
      plain.replaceAll(/"byteLength":(\d+)/g, '"byteLength":$1.0'),
      plain.replace('"bufferViews":', '"bufferViews":[],"bufferViews":'),
      plain.replaceAll('"buffer":0', '"buffer":0,"byteLength":1'),
      `\uFEFF${plain}`,
      plain.replaceAll(/"byteLength":(\d+)/g, (_, digits: string) => `"byteLength":${Number(digits)}e0`),
      plain.replace('"scene"', '"__proto__":{"a":1},"scene"'),
    ];
    for (const text of written) {
      const document = Buffer.from(text);
      const padded = Buffer.concat([document, Buffer.alloc(-document.length & 3, ' ')]);
      const header = Buffer.from(usual.subarray(0, 20));
      header.writeUInt32LE(28 + padded.length + bin.length, 8);
      header.writeUInt32LE(padded.length, 12);
      const chunk = Buffer.alloc(8);
      chunk.writeUInt32LE(bin.length, 0);
      chunk.writeUInt32LE(0x004e4942, 4);
      await agreeOn(new Uint8Array(Buffer.concat([header, padded, chunk, bin])));
    }
  });

  it('reads no picture a thousand times over', async () => {
    const picture = jpegOf(Array.from({ length: 900 }, () => segment(0xe5, [1, 2, 3])));
    const usual = withPictures([picture]);
    const { bufferViews } = readGlb(usual).json as { bufferViews: object[] };
    const images = Array.from({ length: 2000 }, () => ({
      mimeType: 'image/jpeg',
      bufferView: bufferViews.length,
    }));
    const views = Array.from({ length: 2000 }, () => ({
      buffer: 0,
      byteOffset: 0,
      byteLength: picture.length,
    }));
    const file = inMemory(
      withPictures(
        [picture],
        [
          { at: '/bufferViews', value: [...bufferViews, ...views] },
          {
            at: '/images',
            value: images.map((image, n) => ({ ...image, bufferView: image.bufferView + n })),
          },
        ],
      ),
    );
    let read = 0;
    await readForCheck({
      size: file.size,
      read: (into, at) => {
        read += into.length;
        return file.read(into, at);
      },
    });
    assert.ok(read < 4 * file.size, `${read} of ${file.size} bytes`);
  });

  describe('of models that others made', () => {
    before(function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
    });

    for (const name of [...SAMPLES, ...SAMPLE_MOVEMENTS]) {
      it(`shows all there is in ${name}`, async () => {
        const bytes = readSample(name);
        const reading = await agreeOn(bytes);
        assert.ok(reading.bytes.length <= bytes.length);
      });
    }
  });
});
