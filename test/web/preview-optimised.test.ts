import assert from 'node:assert/strict';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { meshCompressor } from '../../src/adapters/vrm/meshCompressor.ts';
import { pictureCodec } from '../../src/adapters/vrm/pictureCodec.ts';
import { optimise } from '../../src/core/vrm/optimise/optimise.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';
import { readSample, samplesMissing } from '../support/vrm/samples.ts';

const SIZE = { width: 300, height: 400 };

describe('copies for the web in Chromium', function () {
  this.timeout(120_000);
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

  const models: readonly (readonly [name: string, read: () => Uint8Array])[] = [
    ['a VRM 1.0', () => sampleVrm('1.0').glb],
    ['a VRM 0.x', () => sampleVrm('0.x').glb],
    ['Godette', () => readSample('Godette_vrm_v4.vrm')],
    ['CoolBanana', () => readSample('CoolBanana.vrm')],
  ];
  for (const [name, read] of models) {
    for (const meshopt of [false, true]) {
      it(`look like ${name}${meshopt ? ', with meshopt' : ''}`, async function () {
        const missing = name.startsWith('a VRM') ? null : samplesMissing();
        if (missing !== null) skip(this, missing);
        const vrm = read();
        const wishes = { textureSize: 1024, textureFormat: 'webp', quantise: true, meshopt } as const;
        const { bytes } = await optimise(vrm, wishes, { pictures: pictureCodec(), meshes: meshCompressor() });
        const seen = async (model: Uint8Array, file: string): Promise<object> => {
          const { bones, expressions, triangles, warnings } = await session.load(model, file);
          await session.call('setCamera', { framing: 'full', turnDeg: 20 });
          const { coveredPixels } = await session.call('capture', SIZE);
          return { bones, expressions, triangles, warnings, covered: Math.round(coveredPixels / 200) };
        };
        assert.deepEqual(await seen(bytes, 'copy.vrm'), await seen(vrm, 'model.vrm'));
      });
    }
  }
});
