import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import { readAppPage } from '../../src/adapters/preview/appPage.ts';
import { chromiumArguments, chromiumEnvironment, findChromium } from '../../src/adapters/preview/chromium.ts';
import { accessibilityFaults } from '../vscode/support/accessibility.ts';
import { FakeBlender } from '../support/fakeBlender.ts';
import { mcpPair } from '../support/mcpPair.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { bigVrm } from '../support/vrm/bigVrm.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

const OUT = join(import.meta.dirname, '../../out/test-preview');

/** What the specification's most restrictive host allows. */
const POLICY = `default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:`;

/** The chat of a client, as the MCP Apps extension describes it; the server it calls is ours. */
const HOST_EMULATOR = `
  const frame = document.querySelector('iframe');
  window.asked = [];
  window.heights = [];
  window.addEventListener('message', async ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    asked.push(data.method);
    if (data.method === 'ui/notifications/size-changed') {
      heights.push(data.params.height);
      frame.style.height = data.params.height + 'px';
    }
    const post = (message) => frame.contentWindow.postMessage({ jsonrpc: '2.0', ...message }, '*');
    if (data.method === 'ui/initialize')
      post({ id: data.id, result: { protocolVersion: '2026-01-26', hostInfo: { name: 'emulator', version: '1' },
        hostCapabilities: { serverTools: {} }, hostContext: { theme: 'light' } } });
    else if (data.method === 'ui/notifications/initialized')
      post({ method: 'ui/notifications/tool-result',
        params: exported === null ? { isError: true, content: [{ type: 'text', text: 'missing-bones: no head' }] }
          : { content: [], structuredContent: { file: { name: exported } } } });
    else if (data.method === 'tools/call') post({ id: data.id, result: await callTool(data.params) });
  });
`;

/** Counts what is drawn; the context is the page's own. */
const COUNT_DRAWS = `
  window.draws = 0;
  const drawElements = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...given) {
    window.draws += 1;
    return drawElements.apply(this, given);
  };
`;

describe('the viewer in a chat', function () {
  this.timeout(120_000);
  let built: Awaited<ReturnType<typeof buildPreviewPage>>;
  let browser: Browser;
  let pair: Awaited<ReturnType<typeof mcpPair>>;
  const log: string[] = [];

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    mkdirSync(OUT, { recursive: true });
    built = await buildPreviewPage();
    const { document, bin } = sampleVrm('1.0');
    const dead = edited(document, [
      { at: '/extensions/VRMC_vrm/expressions/preset/oh', value: { morphTargetBinds: [] } },
      { at: '/textures', value: [{ source: 0 }] },
      { at: '/materials/0/pbrMetallicRoughness/baseColorTexture', value: { index: 0 } },
    ]);
    pair = await mcpPair({
      blender: new FakeBlender(
        {},
        {
          'A.vrm': packGlb(dead, bin),
          'Heavy.vrm': bigVrm(9e6, 1024),
          'Large.vrm': new Uint8Array(9 << 20),
          'No.vrm': new Uint8Array(99),
        },
      ),
      viewerPage: () => readAppPage(built.folder),
    });
    browser = await chromium.launch({
      executablePath: findChromium(undefined, process.env),
      args: [...chromiumArguments()],
      env: chromiumEnvironment(process.env),
    });
  });

  after(async () => {
    await (browser as Browser | undefined)?.close();
    await (pair as typeof pair | undefined)?.close();
    await (built as typeof built | undefined)?.remove();
  });

  const show = async (
    exported: string | null,
    sandbox = 'allow-scripts',
  ): Promise<{ page: Page; frame: Frame }> => {
    const page = await browser.newPage({
      viewport: { width: 640, height: 540 },
      reducedMotion: 'no-preference',
    });
    page.on('console', (message) => {
      if (message.type() === 'error') log.push(message.text());
    });
    await page.exposeFunction('callTool', (call: { name: string; arguments: Record<string, unknown> }) =>
      pair.client.callTool(call),
    );
    const { contents } = await pair.client.readResource({ uri: 'ui://avatar-forge/viewer' });
    const html = String(Reflect.get(contents[0] ?? {}, 'text'));
    const policy = `<head><meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
    await page.setContent(`<iframe sandbox="${sandbox}" style="width:620px;height:520px;border:0"></iframe>`);
    await page.evaluate(`window.exported = ${JSON.stringify(exported)}; ${HOST_EMULATOR}`);
    const srcdoc = JSON.stringify(html.replace('<head>', () => policy));
    await page.evaluate(`document.querySelector('iframe').srcdoc = ${srcdoc}`);
    await page.waitForFunction('asked.length > 0');
    const frame = page.frames()[1];
    assert(frame !== undefined);
    return { page, frame };
  };

  it('shows the export turning, with visemes, findings and figures', async () => {
    const { page, frame } = await show('A.vrm');
    await frame.getByText('12 triangles').waitFor();
    assert.deepEqual(await frame.locator('summary').allTextContents(), [
      'Expressions',
      'Speech and eyes',
      'Findings1',
      'Figures',
    ]);
    const height = (): Promise<number> => page.evaluate('heights.at(-1)');
    const folded = await height();
    assert(folded > 380 && folded < 430, `${folded} pixels, of which some are empty`);
    const before = await frame.locator('#view').screenshot();
    await page.waitForTimeout(500);
    assert(!before.equals(await frame.locator('#view').screenshot()), 'it does not turn');
    await frame.getByText('Expressions').click();
    await frame.getByRole('button', { name: 'aa', exact: true }).click();
    await frame.getByRole('button', { name: 'aa', exact: true, pressed: true }).waitFor();
    assert.match(await frame.locator('#panel-expressions').innerText(), /no effect/);
    assert((await height()) > folded + 50, 'it does not grow with what it shows');
    await frame.getByText('Findings').click();
    await frame.getByText('expression-dead').waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Turn' }).getAttribute('aria-pressed'), 'true');
    await page.screenshot({ path: join(OUT, 'chat.png') });
    assert.deepEqual(await accessibilityFaults(frame), []);
    assert.deepEqual(await page.evaluate('[...new Set(asked)].toSorted()'), [
      'tools/call',
      'ui/initialize',
      'ui/notifications/initialized',
      'ui/notifications/size-changed',
    ]);
    await page.close();
  });

  it('draws no more while it is scrolled away, and goes on when it is seen again', async () => {
    // Of its own origin: others Chromium stops by itself, which not every client's frame does.
    const { page, frame } = await show('A.vrm', 'allow-scripts allow-same-origin');
    await frame.getByText('12 triangles').waitFor();
    await frame.evaluate(COUNT_DRAWS);
    const draws = (): Promise<number> => frame.evaluate('window.draws');
    const drawsOn = async (): Promise<boolean> => {
      const before = await draws();
      await page.waitForTimeout(400);
      return (await draws()) > before;
    };
    assert(await drawsOn(), 'it does not draw');
    await page.evaluate("document.querySelector('iframe').style.marginTop = '2000px'");
    await page.waitForTimeout(200); // an observer is told in its own time
    assert(!(await drawsOn()), 'it draws where nobody sees it');
    await page.evaluate("document.querySelector('iframe').style.marginTop = '0'");
    await page.waitForTimeout(200);
    assert(await drawsOn(), 'it does not go on');
    await page.close();
  });

  it('says of a large one that it is for the preview, and shows what is known of it', async () => {
    const { page, frame } = await show('Large.vrm');
    await frame.getByText('a chat shows at most 8 MiB').waitFor();
    await page.close();
  });

  it('shows a lighter copy of one with large pictures, and says so beside its figures', async () => {
    const { page, frame } = await show('Heavy.vrm');
    await frame
      .locator('#facts')
      .getByText(/lighter copy of [\d.]+ MiB/)
      .waitFor();
    assert.equal(await frame.locator('#status').innerText(), '');
    assert.equal(await frame.locator('#name').isVisible(), true);
    await page.screenshot({ path: join(OUT, 'chat-lighter.png') });
    await page.close();
  });

  it('does not wait for an export that failed', async () => {
    const { page, frame } = await show(null);
    await frame.getByText('There is no export to show. missing-bones: no head').waitFor();
    await page.close();
  });

  it('says what is wrong with one that is no model', async () => {
    const { page, frame } = await show('No.vrm');
    await frame.getByText('cannot be read').waitFor();
    await frame.getByText('Findings').click();
    await frame.getByText('glb-not-glb').waitFor();
    await page.close();
  });

  it('says that an export is gone', async () => {
    const { page, frame } = await show('Gone.vrm');
    await frame.getByText('not-found').waitFor();
    await page.close();
  });

  it('had no error in the console, under the strictest policy', () => {
    assert.deepEqual(log, []);
  });
});
