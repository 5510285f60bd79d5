import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';
import { meshCompressor } from '../../../src/adapters/vrm/meshCompressor.ts';
import { pictureCodec } from '../../../src/adapters/vrm/pictureCodec.ts';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import type { ExpressionFact, Facts } from '../../../src/core/vrm/facts.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { listIn, objectIn } from '../../../src/core/vrm/json.ts';
import { optimise, type Optimised, type OptimiseWishes } from '../../../src/core/vrm/optimise/optimise.ts';
import { sameExpressions } from '../../../src/core/vrm/optimise/sameExpressions.ts';
import { withThumbnail } from '../../../src/core/vrm/setThumbnail.ts';
import { thumbnailOf } from '../../../src/core/vrm/thumbnail.ts';
import { skip } from '../../support/skip.ts';
import { dracoVrm } from '../../support/vrm/draco.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';
import { readSample, samplesMissing } from '../../support/vrm/samples.ts';

const usual: OptimiseWishes = {
  textureSize: 1024,
  textureFormat: 'webp',
  quantise: true,
  meshopt: false,
};
const tools = { pictures: pictureCodec(), meshes: meshCompressor() };
const lighter = (vrm: Uint8Array, wishes: Partial<OptimiseWishes> = {}): Promise<Optimised> =>
  optimise(vrm, { ...usual, ...wishes }, tools);

/** Everything of a document that VRM and glTF point at by index, and the extensions themselves. */
function indexed(vrm: Uint8Array): unknown {
  const document = objectIn(readGlb(vrm).json);
  const bare = (list: unknown): unknown[] =>
    listIn(list).map((one) => {
      const { name, primitives, camera } = objectIn(one);
      return { name, primitives, camera };
    });
  return {
    nodes: document['nodes'],
    meshes: bare(document['meshes']),
    materials: document['materials'],
    skins: document['skins'],
    accessors: listIn(document['accessors']).map((one) => [objectIn(one)['type'], objectIn(one)['count']]),
    images: listIn(document['images']).map((one) => objectIn(one)['name']),
    extensions: document['extensions'],
  };
}

/** The expressions, and how far each moves its vertices, to the tenth of a millimetre. */
function expressions(vrm: Uint8Array): unknown {
  const { facts } = checkVrm(vrm);
  return facts?.expressions.map(({ name, effect }: Facts['expressions'][number]) => [
    name,
    effect.vertices,
    Math.round((effect.maxDeltaM ?? 0) * 10_000),
  ]);
}

async function khronosErrors(vrm: Uint8Array): Promise<readonly string[]> {
  const findings = await new KhronosValidator().validate(vrm);
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

describe('a copy for the web', () => {
  for (const version of ['1.0', '0.x'] as const) {
    for (const meshopt of [false, true]) {
      it(`keeps every index, every extension and every expression (${version}${meshopt ? ', meshopt' : ''})`, async () => {
        const { glb } = sampleVrm(version);
        const { bytes, expressions: moving } = await lighter(glb, { meshopt });
        assert.equal(moving, 8);
        assert.deepEqual(indexed(bytes), indexed(glb));
        assert.deepEqual(await khronosErrors(bytes), []);
        assert.equal(checkVrm(bytes).counts.errors, 0);
        if (!meshopt) assert.deepEqual(expressions(bytes), expressions(glb));
      });
    }
  }

  it('makes pictures smaller than asked for at most, and leaves the thumbnail a PNG', async () => {
    const large = new PNG({ width: 256, height: 128 });
    for (let i = 0; i < large.data.length; i++) large.data[i] = (i * 7919) % 251;
    const { glb } = sampleVrm('1.0');
    const { bytes } = await lighter(withThumbnail(glb, new Uint8Array(PNG.sync.write(large))), {
      textureSize: 64,
    });
    const { facts } = checkVrm(bytes);
    assert.deepEqual(
      [facts?.thumbnail?.mime, facts?.thumbnail?.width, facts?.thumbnail?.height],
      ['image/png', 64, 32],
    );
    const thumbnail = thumbnailOf(bytes);
    assert.ok(thumbnail && PNG.sync.read(Buffer.from(thumbnail.bytes)).width === 64, 'it can be read');
  });

  it('says so when a picture cannot be read, and writes nothing', async () => {
    const { glb } = sampleVrm('1.0');
    const broken = new Uint8Array(PNG.sync.write(new PNG({ width: 64, height: 64 })));
    broken.fill(0, 60);
    await assert.rejects(
      lighter(withThumbnail(glb, broken), { textureSize: 32 }),
      (thrown) => thrown instanceof ForgeError && thrown.code === 'picture-unreadable',
    );
  });

  it('refuses what is no model, and what is compressed already', async () => {
    const code = (expected: string) => (thrown: unknown) =>
      thrown instanceof ForgeError && thrown.code === expected;
    await assert.rejects(lighter(new Uint8Array(40)), code('model-unreadable'));
    const once = await lighter(sampleVrm('1.0').glb, { meshopt: true });
    await assert.rejects(lighter(once.bytes), code('model-packed'));
    await assert.rejects(lighter(await dracoVrm()), code('model-packed'));
    const { document, bin } = sampleVrm('1.0');
    const sound = { at: '/extensions/KHR_audio', value: { audio: [{ bufferView: 0 }] } };
    await assert.rejects(lighter(packGlb(edited(document, [sound]), bin)), code('model-packed'));
  });

  it('is refused where an expression would move otherwise', () => {
    const model = checkVrm(sampleVrm('1.0').glb).facts?.expressions ?? [];
    const withEffect = (effect: Partial<ExpressionFact['effect']>): readonly ExpressionFact[] =>
      model.map((one, n) => (n === 1 ? { ...one, effect: { ...one.effect, ...effect } } : one));
    assert.equal(sameExpressions(model, model), 8);
    assert.equal(sameExpressions(model, withEffect({ maxDeltaM: 0.0200001 })), 8);
    const still = withEffect({ vertices: 0, maxDeltaM: 0 });
    assert.equal(sameExpressions(still, still), 7);
    for (const after of [
      still,
      withEffect({ vertices: null }),
      withEffect({ maxDeltaM: 0.019 }),
      withEffect({ materialBinds: 1 }),
      model.slice(1),
    ]) {
      assert.throws(
        () => sameExpressions(model, after),
        (thrown) => thrown instanceof ForgeError && thrown.code === 'expressions-changed',
      );
    }
  });

  it('is the same, made again from a copy', async () => {
    const { bytes } = await lighter(sampleVrm('1.0').glb);
    assert.deepEqual((await lighter(bytes)).bytes, bytes);
  });

  describe('of real models', () => {
    before(function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
    });

    for (const [name, share] of [
      ['CoolBanana.vrm', 0.6],
      ['Godette_vrm_v4.vrm', 0.65],
    ] as const) {
      it(`${name} takes ${share * 100} % at most, and its face moves as before`, async () => {
        const vrm = readSample(name);
        const { bytes, before, after } = await lighter(vrm);
        assert.deepEqual(indexed(bytes), indexed(vrm));
        assert.deepEqual(expressions(bytes), expressions(vrm));
        assert.deepEqual(await khronosErrors(bytes), []);
        assert.deepEqual([before.file, after.file], [vrm.length, bytes.length]);
        assert.ok(after.file < before.file * share, `${after.file} of ${before.file}`);
      });
    }
  });
});
