import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { assertGolden, MOST_OTHER, otherPixels } from '../support/golden.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { readSample, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const OUT = join(import.meta.dirname, '../../out/test-preview');
const SIZE = { width: 160, height: 200 };

/** Rendered by software, so that no graphics card has a say. */
describe('golden pictures', function () {
  this.timeout(120_000);
  let built: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    mkdirSync(OUT, { recursive: true });
    built = await buildPreviewPage();
    session = await PreviewSession.open({ pageFolder: built.folder });
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (built as typeof built | undefined)?.remove();
  });

  const compare = async (name: string, model: Uint8Array): Promise<void> => {
    await session.load(model, name);
    await session.call('setPose', { pose: 'relaxed' });
    await session.call('setCamera', { framing: 'full', turnDeg: 25 });
    const { png } = await session.call('capture', SIZE);
    const bytes = Buffer.from(png, 'base64');
    writeFileSync(join(OUT, `golden-${name}.png`), bytes);
    assertGolden(join(FOLDER, `${name}.png`), bytes);
  };

  for (const version of ['1.0', '0.x'] as const) {
    it(`our own ${version} model`, () => compare(`own-${version}`, sampleVrm(version).glb));
  }

  it('sees a turned model as another', async () => {
    await session.load(sampleVrm('1.0').glb, 'turned');
    const shots: PNG[] = [];
    for (const turnDeg of [25, 60]) {
      await session.call('setCamera', { framing: 'full', turnDeg });
      shots.push(PNG.sync.read(Buffer.from((await session.call('capture', SIZE)).png, 'base64')));
    }
    const [first, second] = shots;
    assert(first !== undefined && second !== undefined && otherPixels(first, second) > MOST_OTHER);
  });

  describe('of models that others made', () => {
    before(function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
    });

    for (const name of SAMPLES) it(name, () => compare(name.replace('.vrm', ''), readSample(name)));
  });
});
