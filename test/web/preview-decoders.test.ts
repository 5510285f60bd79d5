import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { dracoVrm } from '../support/vrm/draco.ts';
import { ktx2Vrm, meshoptVrm } from '../support/vrm/packed.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

describe('compressed models in the preview, under its policy', function () {
  this.timeout(120_000);
  let built: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;
  const fetched: string[] = [];

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    built = await buildPreviewPage();
    session = await PreviewSession.open({ pageFolder: built.folder });
    session.page.on('request', (request) => fetched.push(request.url()));
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (built as typeof built | undefined)?.remove();
  });

  const middleOf = async (): Promise<readonly number[]> => {
    const { png } = await session.call('capture', { width: 64, height: 64 });
    const { data } = PNG.sync.read(Buffer.from(png, 'base64'));
    return [...data.subarray(4 * (32 * 64 + 32), 4 * (32 * 64 + 32) + 3)];
  };

  it('loads no decoder for a model that needs none', async () => {
    await session.load(sampleVrm('1.0').glb, 'plain');
    assert(!fetched.some((url) => url.includes('decoders')), fetched.join(' '));
  });

  it('decodes meshopt: the same figure as without', async () => {
    const plain = await session.load(sampleVrm('1.0').glb, 'plain');
    const packed = await session.load(meshoptVrm(), 'meshopt');
    assert.equal(packed.heightM, plain.heightM);
    assert.equal(packed.triangles, plain.triangles);
  });

  it('decodes Draco: the same figure as without, and its face moves as before', async () => {
    const plain = await session.load(sampleVrm('1.0').glb, 'plain');
    const packed = await session.load(await dracoVrm(), 'draco');
    assert.deepEqual(packed.warnings, []);
    assert.deepEqual(
      [packed.triangles, packed.heightM.toFixed(3), packed.expressions],
      [plain.triangles, plain.heightM.toFixed(3), plain.expressions],
    );
    assert(fetched.some((url) => url.endsWith('draco_decoder.wasm')));
  });

  it('decodes KTX2, with neither eval nor a colour that is not the picture’s', async () => {
    const { warnings } = await session.load(ktx2Vrm(), 'ktx2');
    assert.deepEqual(warnings, []);
    const [red = 0, green = 0, blue = 0] = await middleOf();
    assert(
      Math.abs(red - 230) < 12 && Math.abs(green - 60) < 12 && Math.abs(blue - 40) < 12,
      `${red} ${green} ${blue}`,
    );
  });

  it('shows the model without a damaged one, and says so', async () => {
    const { warnings, triangles } = await session.load(ktx2Vrm(true), 'damaged');
    assert.deepEqual(warnings, [
      'The picture number 1 cannot be decoded: what it lies on is shown without it.',
    ]);
    assert(triangles > 0);
  });

  it('had nothing blocked', () => {
    assert.deepEqual(
      session.log.filter((line) => /policy|Refused|refused/.test(line)),
      [],
    );
  });
});
