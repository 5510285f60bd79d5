import assert from 'node:assert/strict';
import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { PROFILES } from '../../../src/core/vrm/profile.ts';
import { checkWhole } from '../../../src/core/vrm/validator.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { listIn, objectIn } from '../../../src/core/vrm/json.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { chunk, headless, pngOf } from '../../support/vrm/pictures.ts';
import { withPictures } from '../../support/vrm/checkReadings.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

describe('Khronos’ validator', function () {
  this.timeout(30_000);
  const validator = new KhronosValidator();

  for (const version of ['1.0', '0.x'] as const) {
    it(`has no error and no warning for the sound ${version} model`, async () => {
      const findings = await validator.validate(sampleVrm(version).glb);
      assert.deepEqual(
        findings.filter((finding) => finding.severity !== 'info'),
        [],
      );
    });
  }

  it('finds what is wrong by glTF alone, and its findings join ours', async () => {
    const { document, bin } = sampleVrm('1.0');
    const glb = packGlb(edited(document, [{ at: '/accessors/0/max', value: [9, 9, 9] }]), bin);
    const report = checkVrm(glb);
    const merged = await checkWhole(validator, glb);
    const found = merged.findings.find((finding) => finding.code === 'gltf:ACCESSOR_MAX_MISMATCH');
    assert.equal(found?.severity, 'error');
    assert.equal(found.where.pointer, '/accessors/0/max/0');
    assert(merged.counts.errors > report.counts.errors);
  });

  it('has its findings weighed by the profile, as ours are', async () => {
    const { document, bin } = sampleVrm('1.0');
    const glb = packGlb(edited(document, [{ at: '/accessors/0/max', value: [9, 9, 9] }]), bin);
    const code = 'gltf:ACCESSOR_MAX_MISMATCH';
    for (const severity of ['info', 'off'] as const) {
      const profile = { ...PROFILES.spec, severities: { [code]: severity } };
      const { findings, counts } = await checkWhole(validator, glb, { profile });
      const found = findings.filter((finding) => finding.code === code);
      assert.deepEqual([...new Set(found.map((one) => one.severity))], severity === 'off' ? [] : ['info']);
      assert.equal(counts.errors, 0);
    }
  });

  it('outlives a PNG whose pixels come before its header, wherever it lies', async () => {
    const png = headless(pngOf([]));
    const texts = Array.from({ length: 1200 }, () => chunk('tEXt', []));
    const late = pngOf(texts);
    late.set(Buffer.from('tEXt'), 12);
    const base64 = Buffer.from(png).toString('base64');
    const uri = `data:application/octet-stream;base64,${base64}`;
    const { document, bin } = sampleVrm('1.0');
    const { bufferViews } = document as { bufferViews: object[] };
    const image = { mimeType: 'image/png', bufferView: bufferViews.length };
    const elsewhere = [
      [{ at: '/images/-', value: { uri: `data:image/png;base64,${base64}` } }],
      [{ at: '/images/-', value: { uri: `data:image/png;base64,${base64.replaceAll('a', '%61')}` } }],
      [
        {
          at: '/images/-',
          value: {
            uri: `data:image/png,${[...png.subarray(0, 64)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
          },
        },
      ],
      [
        { at: '/buffers/-', value: { byteLength: png.length, uri } },
        { at: '/bufferViews/-', value: { buffer: 1, byteLength: png.length } },
        { at: '/images/-', value: image },
      ],
    ];
    for (const glb of [
      withPictures([pngOf([]), png]),
      withPictures([pngOf([]), late]),
      ...elsewhere.map((edits) => packGlb(edited(document, edits), bin)),
    ]) {
      const findings = await validator.validate(glb);
      const { images } = readGlb(glb).json as { images: unknown[] };
      assert.deepEqual(
        findings.map(({ code, severity, where }) => [code, severity, where.pointer]),
        [['gltf:IMAGE_DATA_INVALID', 'error', `/images/${images.length - 1}`]],
      );
    }
    // Apple's PNGs have a chunk before the header, and text may be there in any number after it.
    const apple = pngOf([]);
    const before = new Uint8Array([
      ...apple.subarray(0, 8),
      ...chunk('CgBI', [0, 0, 0, 0]),
      ...apple.subarray(8),
    ]);
    const found = await validator.validate(withPictures([before, pngOf(texts)]));
    assert(!found.some(({ code }) => code === 'gltf:IMAGE_DATA_INVALID'));
  });

  it('answers a file that is no GLB with a finding', async () => {
    const findings = await validator.validate(new TextEncoder().encode('nothing of the kind'));
    assert(findings.some((finding) => finding.severity === 'error'));
  });

  it('ends at a sparse accessor over more zeros than any file could hold', async () => {
    const { document, bin } = sampleVrm('1.0');
    const endless = {
      componentType: 5126,
      type: 'VEC3',
      count: 4_000_000_000,
      sparse: {
        count: 1,
        indices: { bufferView: 0, componentType: 5125 },
        values: { bufferView: 0 },
      },
    };
    const accessors = listIn(objectIn(document)['accessors']);
    const glb = packGlb(edited(document, [{ at: '/accessors', value: [...accessors, endless] }]), bin);
    const { findings } = await checkWhole(validator, glb);
    const found = findings.find(({ code }) => code === 'gltf:ACCESSOR_TOO_LONG');
    assert.equal(found?.severity, 'error');
    assert.equal(found.where.pointer, `/accessors/${accessors.length}`);
  });
});
