import assert from 'node:assert/strict';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { checkVrm } from '../../src/core/vrm/check.ts';
import type { ExpressionMeasure, PixelBox } from '../../src/protocol/preview.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { readSample, samplesMissing } from '../support/vrm/samples.ts';
import { SAMPLE_DELTA_M, SAMPLE_EXPRESSIONS, sampleVrm } from '../support/vrm/sampleVrm.ts';

describe('expressions as the preview measures them', function () {
  this.timeout(180_000);
  let page: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    page = await buildPreviewPage();
    session = await PreviewSession.open({ pageFolder: page.folder });
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (page as typeof page | undefined)?.remove();
  });

  const measure = (name: string): Promise<ExpressionMeasure> => session.call('measureExpression', { name });

  for (const version of ['1.0', '0.x'] as const) {
    it(`agrees with the check on a ${version} model, sparse morphs too`, async () => {
      await session.load(sampleVrm(version).glb, 'sample');
      for (const name of SAMPLE_EXPRESSIONS) {
        const { movedVertices, maxDeltaM } = await measure(name);
        assert.equal(movedVertices, 2, name);
        assert(Math.abs(maxDeltaM - SAMPLE_DELTA_M) < 1e-4, `${name} moves ${maxDeltaM} m`);
      }
    });
  }

  describe('on real models', () => {
    before(function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
    });

    it('agrees with the check on every expression of Godette', async () => {
      const bytes = readSample('Godette_vrm_v4.vrm');
      const facts = checkVrm(bytes).facts?.expressions ?? [];
      const loaded = await session.load(bytes, 'Godette');
      assert.equal(loaded.expressions.length, 17);
      for (const { name, effect } of facts) {
        const { movedVertices, maxDeltaM } = await measure(name);
        assert.equal(movedVertices, effect.vertices, name);
        assert(Math.abs(maxDeltaM - (effect.maxDeltaM ?? NaN)) < 1e-4, name);
      }
    });

    it('sees Godette’s aa at the mouth', async () => {
      await session.load(readSample('Godette_vrm_v4.vrm'), 'Godette');
      const aa = await measure('aa');
      const blink = await measure('blink');
      assert(aa.changedPixels > 100);
      assert(aa.changedBox !== null && blink.changedBox !== null);
      const middle = aa.changedBox.x + aa.changedBox.width / 2;
      assert(Math.abs(middle - aa.size.width / 2) < 10, 'the mouth is in the middle');
      assert(aa.changedBox.width < aa.size.width / 4, 'only the mouth moves');
      const heightOf = ({ y, height }: PixelBox): number => y + height / 2;
      assert(heightOf(aa.changedBox) > heightOf(blink.changedBox) + 20, 'the mouth is below the eyes');
    });

    it('sees that nothing the debug robot declares does anything', async () => {
      const { expressions } = await session.load(readSample('blender_debug_robot.vrm'), 'robot');
      assert.equal(expressions.length, 18);
      for (const name of expressions) {
        const { movedVertices, maxDeltaM, changedPixels } = await measure(name);
        assert.deepEqual(
          { movedVertices, maxDeltaM, changedPixels },
          { movedVertices: 0, maxDeltaM: 0, changedPixels: 0 },
          name,
        );
      }
    });

    it('sees an expression that only moves a texture', async () => {
      await session.load(readSample('spec_expressions_isBinary_Overrides.vrm'), 'spec');
      const { movedVertices, changedPixels, framing } = await measure('blink');
      assert.equal(movedVertices, 0);
      assert.equal(framing, 'full'); // its sign stands beside the face
      assert(changedPixels > 0);
    });
  });
});
