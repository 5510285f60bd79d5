import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { withThumbnail } from '../../../src/core/vrm/setThumbnail.ts';
import { thumbnailOf } from '../../../src/core/vrm/thumbnail.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

const png = new Uint8Array(PNG.sync.write(new PNG({ width: 16, height: 16 })));

describe('a thumbnail written into a model', () => {
  for (const version of ['1.0', '0.x'] as const) {
    it(`replaces the one before, and nothing else (${version})`, () => {
      const { glb } = sampleVrm(version);
      const written = withThumbnail(glb, png);
      assert.deepEqual(thumbnailOf(written)?.bytes, png);
      const [before, after] = [checkVrm(glb), checkVrm(written)];
      assert.deepEqual(after.findings, before.findings);
      assert.deepEqual(after.facts?.expressions, before.facts?.expressions);
      assert.equal(after.facts?.images.length, before.facts?.images.length);
      assert.deepEqual(withThumbnail(written, png), written);
    });

    it(`comes to a model without one (${version})`, () => {
      const { document, bin } = sampleVrm(version);
      const at =
        version === '1.0' ? '/extensions/VRMC_vrm/meta/thumbnailImage' : '/extensions/VRM/meta/texture';
      const written = withThumbnail(packGlb(edited(document, [{ at }]), bin), png);
      assert.deepEqual(thumbnailOf(written)?.bytes, png);
      assert.equal(checkVrm(written).counts.errors, 0);
    });
  }

  it('leaves a picture alone that a material shows, too', () => {
    const { document, bin } = sampleVrm('1.0');
    const shared = packGlb(edited(document, [{ at: '/textures', value: [{ source: 0 }] }]), bin);
    const { facts } = checkVrm(withThumbnail(shared, png));
    assert.deepEqual(
      facts?.images.map(({ width }) => width),
      [8, 16],
    );
  });

  it('is refused for what is no model, and for what is compressed', () => {
    const refused = (bytes: Uint8Array, code: string): void =>
      assert.throws(
        () => withThumbnail(bytes, png),
        (thrown) => thrown instanceof ForgeError && thrown.code === code,
      );
    const { document, bin, glb } = sampleVrm('1.0');
    refused(new Uint8Array(9), 'model-unreadable');
    refused(glb.slice(0, -20), 'model-unreadable');
    refused(packGlb(edited(document, [{ at: '/extensions' }]), bin), 'model-unreadable');
    refused(packGlb(edited(document, [{ at: '/bufferViews/0/extensions', value: {} }]), bin), 'model-packed');
  });
});
