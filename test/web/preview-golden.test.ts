import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { readSample, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const OUT = join(import.meta.dirname, '../../out/test-preview');
const SIZE = { width: 160, height: 200 };

/** Edges are drawn a little otherwise by another Chromium; shapes and colours are not. */
const SAME_COLOUR = 24;
const MOST_OTHER = 0.015;

/**
 * Against pictures that somebody looked at; `AVATAR_FORGE_GOLDEN=write` takes those of today as the new ones.
 * Rendered by software, so that no graphics card has a say.
 */
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
    const golden = join(FOLDER, `${name}.png`);
    if (process.env['AVATAR_FORGE_GOLDEN'] === 'write') {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(golden, bytes);
    }
    assert(existsSync(golden), `there is no ${golden}`);
    writeFileSync(join(OUT, `golden-${name}.png`), bytes);
    const other = otherPixels(PNG.sync.read(bytes), PNG.sync.read(readFileSync(golden)));
    assert(other <= MOST_OTHER, `${(100 * other).toFixed(2)} % of ${name} look otherwise`);
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

/** The share of pixels with another colour. */
function otherPixels(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let other = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const differs = [0, 1, 2].some(
      (c) => Math.abs((a.data[at + c] ?? 0) - (b.data[at + c] ?? 0)) > SAME_COLOUR,
    );
    if (differs) other += 1;
  }
  return other / (a.width * a.height);
}
