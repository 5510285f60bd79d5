import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { readSample, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';

/** Pictures to look at; what they show is asserted, too. */
const OUT = join(import.meta.dirname, '../../out/test-preview');
const SIZE = { width: 400, height: 500 };

describe('preview of real models in Chromium', function () {
  this.timeout(180_000);
  let page: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;

  before(async function () {
    const missing = chromiumMissing() ?? samplesMissing();
    if (missing !== null) skip(this, missing);
    page = await buildPreviewPage();
    session = await PreviewSession.open({ pageFolder: page.folder });
    mkdirSync(OUT, { recursive: true });
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (page as typeof page | undefined)?.remove();
  });

  for (const name of SAMPLES) {
    it(`shows ${name} as a figure on the wall`, async () => {
      const bytes = readSample(name);
      const facts = checkVrm(bytes).facts;
      const loaded = await session.load(bytes, name);
      assert(loaded.bones.length >= 15);
      assert.deepEqual(
        [...loaded.expressions].toSorted(),
        facts?.expressions.map((one) => one.name).toSorted(),
      );
      assert.equal(loaded.triangles, facts?.triangles);
      assert.deepEqual(loaded.warnings, []);
      await session.call('setPose', { pose: 'relaxed' });
      for (const framing of ['full', 'face'] as const) {
        await session.call('setCamera', { framing, turnDeg: 0 });
        const { png, coveredPixels, coveredBox } = await session.call('capture', SIZE);
        const picture = PNG.sync.read(Buffer.from(png, 'base64'));
        writeFileSync(join(OUT, `${name}-${framing}.png`), Buffer.from(png, 'base64'));
        assert.deepEqual([picture.width, picture.height], [SIZE.width, SIZE.height]);
        assert(coveredBox !== null);
        const share = coveredPixels / (SIZE.width * SIZE.height);
        assert(share > 0.01 && share < 0.95, `the model covers ${(100 * share).toFixed(1)} %`);
        assert(coloursIn(picture) > 30, 'the picture is empty');
      }
    });
  }

  it('had no error in the console, nothing blocked, nothing fetched from elsewhere', () => {
    assert.deepEqual(
      session.log.filter((line) => line.startsWith('error')),
      [],
    );
  });

  it('renders by software, so that pictures are the same everywhere', () => {
    assert.match(session.renderer, /SwiftShader/);
  });

  it('draws the same pixels each time', async () => {
    const shots: string[] = [];
    for (let n = 0; n < 2; n++) {
      await session.load(readSample('Godette_vrm_v4.vrm'), 'Godette');
      await session.call('step', { seconds: 0.5 });
      shots.push((await session.call('capture', SIZE)).png);
    }
    assert.equal(shots[0], shots[1]);
  });

  it('leaves the ground out where it is asked to', async () => {
    const { png } = await session.call('capture', { ...SIZE, transparent: true });
    const { data } = PNG.sync.read(Buffer.from(png, 'base64'));
    assert.equal(data[3], 0);
  });
});

function coloursIn({ data }: PNG): number {
  const colours = new Set<number>();
  for (let at = 0; at < data.length; at += 4) colours.add(data.readUIntBE(at, 3));
  return colours.size;
}
