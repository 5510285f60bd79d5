import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { PageServer } from '../../src/adapters/preview/pageServer.ts';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { renderPreview } from '../../src/adapters/preview/renderPreview.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

describe('preview when things go wrong', function () {
  this.timeout(120_000);
  let page: Awaited<ReturnType<typeof buildPreviewPage>>;

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    page = await buildPreviewPage();
  });

  after(async () => {
    await (page as typeof page | undefined)?.remove();
  });

  const shot = { camera: { framing: 'full', turnDeg: 0 }, size: { width: 64, height: 64 } } as const;
  const sample = sampleVrm('1.0');

  it('says that Chromium is missing', async () => {
    await rejectsWith(
      'chromium-missing',
      PreviewSession.open({ pageFolder: page.folder, executablePath: '/nowhere/chromium' }),
    );
    await rejectsWith(
      'chromium-missing',
      PreviewSession.open({ pageFolder: page.folder, env: { PATH: '/nowhere' } }),
    );
  });

  it('says that the page is not built', async () => {
    await rejectsWith('preview-not-built', PreviewSession.open({ pageFolder: '/nowhere' }));
  });

  it('ends a browser that does not come up', async () => {
    const options = { pageFolder: page.folder, executablePath: '/bin/false', timeoutMs: 5_000 };
    await rejectsWith('preview-failed', PreviewSession.open(options));
  });

  it('answers each unreadable model with a fault, and shows the next good one', async () => {
    await using session = await PreviewSession.open({ pageFolder: page.folder });
    await rejectsWith('no-model', session.call('capture', shot.size));
    const broken: readonly (readonly [string, Uint8Array])[] = [
      ['no GLB', new TextEncoder().encode('nothing of the kind')],
      ['nothing', new Uint8Array()],
      ['cut off', sample.glb.slice(0, 900)],
      [
        'no VRM',
        packGlb(edited(sample.document, [{ at: '/extensions' }, { at: '/extensionsUsed' }]), sample.bin),
      ],
      [
        'a licence viewers refuse',
        packGlb(
          edited(sample.document, [
            { at: '/extensions/VRMC_vrm/meta/licenseUrl', value: 'https://example.com' },
          ]),
          sample.bin,
        ),
      ],
    ];
    for (const [what, bytes] of broken) await rejectsWith('model-unreadable', session.load(bytes, what));
    const loaded = await session.load(sample.glb, 'the good one');
    assert.equal(loaded.name, 'Sample');
    await rejectsWith('unknown-expression', session.call('setExpression', { name: 'smug', weight: 1 }));
  });

  it('gives pictures and measures in one go, and leaves nothing running', async () => {
    const before = children();
    const result = await renderPreview({
      pageFolder: page.folder,
      model: sample.glb,
      shots: [shot, { ...shot, expression: 'aa', pose: 'rest' }],
      measure: ['aa'],
    });
    assert.equal(result.pictures.length, 2);
    for (const { png, coveredPixels } of result.pictures) assert(png.length > 100 && coveredPixels > 0);
    assert.deepEqual(
      result.measurements.map((one) => one.name),
      ['aa'],
    );
    assert.deepEqual(result.log, []);
    assert.deepEqual(children(), before);
  });

  it('gives up on a page that does not answer in time', async () => {
    await using session = await PreviewSession.open({ pageFolder: page.folder, timeoutMs: 15_000 });
    await session.load(sample.glb, 'sample');
    const start = performance.now();
    // Months of swinging hair take the page far longer than the deadline.
    await rejectsWith('preview-failed', session.call('step', { seconds: 1e7 }));
    assert(performance.now() - start < 40_000);
  });

  it('serves only those who know the address, and only by its number', async () => {
    const server = await PageServer.start(page.folder);
    try {
      const { origin, pathname } = new URL(server.pageUrl);
      assert.equal(await statusOf(`${origin}${pathname}`), 200);
      assert.equal(await statusOf(`${origin}/`), 404);
      assert.equal(await statusOf(`${origin}/preview.js`), 404);
      assert.equal(await statusOf(`${origin}${pathname}../preview.html`), 404);
      assert.equal(await statusOf(`${origin}${pathname}`, 'evil.example:80'), 404);
      const model = server.offer(sample.glb);
      assert.equal(await statusOf(model), 200);
      server.withdraw(model);
      assert.equal(await statusOf(model), 404);
    } finally {
      await server.close();
    }
  });
});

/** Processes this one started and that still run; empty where the system does not say. */
function children(): readonly string[] {
  if (!existsSync('/proc/self/task')) return [];
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((id) => id !== '');
}

function statusOf(url: string, host?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, host === undefined ? {} : { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject);
  });
}

async function rejectsWith(code: string, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert(error instanceof ForgeError, String(error));
    assert.equal(error.code, code, error.message);
    assert(error.next.length > 0);
    return true;
  });
}
