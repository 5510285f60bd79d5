import assert from 'node:assert/strict';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { previewReport } from '../../src/core/preview/report.ts';
import { vrmAnimation } from '../support/vrm/animation.ts';
import { bigVrm } from '../support/vrm/bigVrm.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

describe('a model that is written again, and large and broken ones', function () {
  this.timeout(240_000);
  let built: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    built = await buildPreviewPage();
    session = await PreviewSession.open({
      pageFolder: built.folder,
      viewport: { width: 800, height: 400 },
      timeoutMs: 120_000,
    });
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (built as typeof built | undefined)?.remove();
  });

  const state = () => session.call('inspect', {});
  const { glb } = sampleVrm('1.0');

  it('keeps camera, expressions and animation', async () => {
    await session.load(glb, 'sample.vrm');
    await session.call('setCamera', { framing: 'face', turnDeg: 40 });
    await session.call('setExpression', { name: 'aa', weight: 0.7 });
    await session.offering(vrmAnimation(), (url) =>
      session.call('animate', { source: { url }, name: 'wave.vrma' }),
    );
    await session.call('step', { seconds: 0.4 });
    const before = await state();
    assert(Math.abs(before.motion.timeS - 0.4) < 0.02, `${before.motion.timeS} s`);
    await session.load(glb, 'sample.vrm', true);
    const after = await state();
    assert.deepEqual(after.camera, before.camera);
    assert.deepEqual(after.expressions, { aa: 0.7 });
    assert.deepEqual(after.motion, before.motion);
    await session.call('step', { seconds: 0.2 });
    assert((await state()).motion.timeS > before.motion.timeS);
  });

  it('leaves nothing on the graphics card, twenty times', async () => {
    const textured = bigVrm(300_000, 128);
    await session.load(textured, 'sample.vrm', true);
    await session.call('setLive', { live: true });
    const { memory } = await state();
    assert(memory.textures > 2 && memory.geometries > 1);
    for (let n = 0; n < 20; n += 1) await session.load(textured, 'sample.vrm', true);
    assert.deepEqual((await state()).memory, memory);
    await session.call('setLive', { live: false });
  });

  it('frees the second of two as well', async () => {
    const { memory } = await state();
    for (let n = 0; n < 3; n += 1) {
      await session.offering(glb, (url) => session.call('compare', { source: { url }, name: 'other.vrm' }));
    }
    const { memory: more, compared } = await state();
    assert(compared && more.geometries <= memory.geometries + 2, `${more.geometries} geometries`);
    await session.page.evaluate("document.querySelector('#panel-comparison').open = true");
    await session.page.getByRole('button', { name: 'Stop' }).click();
    assert((await state()).memory.geometries <= memory.geometries);
  });

  for (const megabytes of [28, 100]) {
    it(`opens ${megabytes} MB, and says how far it is`, async () => {
      const side = megabytes > 50 ? 2048 : 1024;
      const large = bigVrm(megabytes * 1e6, side);
      await session.page.evaluate(`
        window.said = [];
        new MutationObserver(() => said.push(document.querySelector('#status').textContent))
          .observe(document.querySelector('#status'), { childList: true });
      `);
      const loaded = await session.load(large, 'large.vrm');
      assert.deepEqual(loaded.warnings, []);
      const said = await session.page.evaluate<string[]>('said');
      assert(
        said.some((text) => /large\.vrm… \d+ %/.test(text)),
        said.slice(0, 5).join(' | '),
      );
      assert.equal(said.at(-1), '');
    });
  }

  it('says what is wrong with a broken one, and shows the findings, not a spinner', async () => {
    const broken = glb.slice(0, glb.length - 400);
    await assert.rejects(
      session.load(broken, 'broken.vrm', true),
      (thrown) => thrown instanceof ForgeError && thrown.code === 'model-unreadable',
    );
    await session.call('report', previewReport(broken));
    assert.match(await session.page.locator('#status').innerText(), /cannot be read/);
    assert.match(await session.page.locator('#panel-findings').innerText(), /glb-truncated/);
  });
});
