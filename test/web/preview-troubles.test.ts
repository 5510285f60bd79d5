import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import type { Locator } from 'playwright-core';
import { chromiumArguments, chromiumEnvironment, findChromium } from '../../src/adapters/preview/chromium.ts';
import { PageServer } from '../../src/adapters/preview/pageServer.ts';
import type { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { previewReport } from '../../src/core/preview/report.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { PreviewPanels } from '../support/previewPanels.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { mtoonVrm } from '../support/vrm/mtoonVrm.ts';

const { document, bin } = mtoonVrm();
const model = packGlb(document, bin);
const { images, bufferViews } = document as {
  readonly images: readonly { readonly name: string; readonly bufferView: number }[];
  readonly bufferViews: readonly { readonly byteOffset: number; readonly byteLength: number }[];
};
const chequer = images.findIndex(({ name }) => name === 'Chequer');

describe('what a person is told by the preview', function () {
  this.timeout(120_000);
  let panels: PreviewPanels;
  let session: PreviewSession;

  before(async function () {
    panels = await PreviewPanels.open(this, model);
    ({ session } = panels);
  });

  after(() => (panels as PreviewPanels | undefined)?.close());

  const button = (name: string): Locator => panels.panel('pictures').getByRole('button', { name });
  const said = (text: string | RegExp): Promise<void> =>
    session.page.locator('#said').getByText(text).waitFor();

  it('says of a dropped model what is in that file, and offers nothing that is done to the other', async () => {
    const other = edited(document, [
      { at: '/extensions/VRMC_vrm/meta/authors', value: ['Somebody Else'] },
      { at: '/extensions/VRMC_vrm/expressions/preset/oh', value: { morphTargetBinds: [] } },
    ]);
    await panels.drop(packGlb(other, bin), 'other.vrm');
    await panels.panel('licence').getByText('Somebody Else').waitFor();
    await panels
      .panel('findings')
      .getByRole('button', { name: /\boh\b/ })
      .waitFor();
    assert.equal(await button('Optimise for web…').isVisible(), false);
    await panels.press('pictures', 'Make thumbnail');
    assert.equal(await button('Write it into the file…').isVisible(), false);
    assert.equal(await button('Save picture…').isVisible(), true);

    await session.load(model, 'sample.vrm');
    await panels.panel('licence').getByText('Somebody Else').waitFor({ state: 'detached' });
    assert.equal(await button('Optimise for web…').isVisible(), true);
  });

  it('keeps what it says of a model when a broken one is dropped', async () => {
    const licence = await panels.panel('licence').innerText();
    await panels.drop(new Uint8Array(99), 'broken.vrm');
    await session.page.locator('#status', { hasText: 'cannot be read' }).waitFor();
    assert.equal(await panels.panel('licence').innerText(), licence);
    await session.load(model, 'sample.vrm');
  });

  it('says that an animation or a model to compare with cannot be read', async () => {
    for (const method of ['animate', 'compare'] as const) {
      const source = { bytes: [] as unknown as ArrayBuffer };
      await assert.rejects(session.call(method, { source, name: 'broken' }), ForgeError);
      await said(/cannot be read/);
      await session.page.evaluate("document.querySelector('#said').textContent = ''");
    }
  });

  it('shows a model without a picture that cannot be decoded, and says so among the findings', async () => {
    const view = bufferViews[images[chequer]?.bufferView ?? -1] ?? assert.fail();
    const damaged = Uint8Array.from(bin);
    damaged.fill(0, view.byteOffset + 40, view.byteOffset + view.byteLength); // its header stays as it was
    const glb = packGlb(document, damaged);
    const { warnings } = await session.load(glb, 'damaged.vrm');
    assert.deepEqual(warnings, [
      `The picture Chequer cannot be decoded: what it lies on is shown without it.`,
    ]);
    await session.call('report', previewReport(glb));
    await panels.panel('findings').getByText('picture-undecodable').waitFor();
    await session.load(model, 'sample.vrm');
    await session.call('report', previewReport(model));
    assert.equal(await panels.panel('findings').getByText('picture-undecodable').count(), 0);
  });

  it('brings what a finding of an extension is about before the camera: springs, colliders, pictures', async () => {
    const report = previewReport(model);
    const at = async (pointer: string): Promise<readonly number[]> => {
      const finding = {
        code: 'there',
        severity: 'info',
        message: 'There',
        next: '',
        where: { pointer },
      } as const;
      await session.call('report', { ...report, findings: [finding] });
      await panels.panel('findings').getByRole('button').click();
      const { target } = (await panels.state()).camera;
      await session.call('setCamera', { framing: 'full', turnDeg: 0 });
      return target;
    };
    const whole = (await panels.state()).camera.target;
    for (const pointer of [
      '/extensions/VRMC_springBone/springs/0',
      '/extensions/VRMC_springBone/springs/0/joints/0/hitRadius',
      '/extensions/VRMC_springBone/colliders/0',
    ]) {
      assert.notDeepEqual(await at(pointer), whole, pointer);
    }
    await at(`/images/${chequer}`);
    assert.equal(await session.page.locator('#said').innerText(), '');
    await at('/extensions/VRMC_vrm/meta/authors');
    await said('there has no place on the model.');
  });

  it('says that a text has no letters it can read', async () => {
    await panels.panel('speech').getByRole('textbox').fill('こんにちは');
    await panels.press('speech', 'Say');
    await said('Only Latin letters can be read here');
  });

  it('says that the graphics process has ended, and shows the same again when it is back', async () => {
    const before = await panels.look();
    await session.page.evaluate(`{
      const gl = document.querySelector('#view').getContext('webgl2');
      window.loss = gl.getExtension('WEBGL_lose_context');
      window.loss.loseContext();
    }`);
    await session.page.locator('#status', { hasText: 'graphics process' }).waitFor();
    await session.page.evaluate('window.loss.restoreContext()');
    await session.page.locator('#status', { hasText: 'graphics process' }).waitFor({ state: 'detached' });
    await session.page.waitForTimeout(300);
    assert((await panels.look()).equals(before), 'it looks otherwise');
  });

  it('says that a window has no WebGL', async () => {
    const server = await PageServer.start(panels.pageFolder);
    const browser = await chromium.launch({
      executablePath: findChromium(undefined, process.env),
      args: [...chromiumArguments(), '--disable-3d-apis'],
      env: chromiumEnvironment(process.env),
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.pageUrl);
      await page.locator('#status', { hasText: 'This window has no WebGL' }).waitFor({ timeout: 10_000 });
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
