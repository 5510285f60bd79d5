import assert from 'node:assert/strict';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { runInBlender } from './support/library.ts';
import type { Case, Outcome, Run } from './support/library.ts';

/** The scaffold's figure with neither shape keys nor annotation: a face as a modeller leaves it. */
const bare = [
  'import avatar_forge.commands as c',
  'bpy.data.batch_remove(list(bpy.data.objects))',
  'rig = bpy.data.objects[c.run("avatar_scaffold", {}, context)["armature"]]',
  'del rig["avatar_forge_vrm"]',
  'bpy.data.objects["Face"].shape_key_clear()',
].join('\n');
const rename = (names: Readonly<Record<string, string>>): string =>
  [
    'del armature["avatar_forge_vrm"]',
    'keys = bpy.data.objects["Face"].data.shape_keys.key_blocks',
    `for old, new in ${JSON.stringify(names)}.items(): keys[old].name = new`,
  ].join('\n');
/** How far the made keys move each side, in mm, and which way: the mean of what moves. */
const measure = `
import numpy as np
face = bpy.data.objects["Face"]
def read(key):
    flat = np.empty(len(key.data) * 3); key.data.foreach_get("co", flat); return flat.reshape(-1, 3)
blocks = face.data.shape_keys.key_blocks
rest = read(blocks[0])
result = {}
for key in blocks[1:]:
    way = (read(key) - rest) * 1000
    far = np.linalg.norm(way, axis=1)
    left, right = rest[:, 0] > 0.002, rest[:, 0] < -0.002
    low = rest[:, 2] < 1.275
    result[key.name] = {"left": far[left].max(), "right": far[right].max(), "down": -way[:, 2].min(),
                        "mouth": far[low].max(), "lips": far[rest[:, 2] < 1.255].max(), "eyes": far[~low].max(), "finite": bool(np.isfinite(way).all())}
result["back"] = max(float(np.linalg.norm(read(key) - rest, axis=1)[rest[:, 1] > 0.03].max()) for key in blocks[1:])
hair = bpy.data.objects["Hair"].data
result["hair"] = len(hair.shape_keys.key_blocks) if hair.shape_keys else 0
`;

const CASES = {
  dry: { edit: bare, command: 'vrm_face', params: { dry_run: true } },
  made: { edit: bare, command: 'vrm_face', params: {} },
  measured: {
    edit: `${bare}\nc.run("vrm_face", {}, context)`,
    command: 'execute_blender_code',
    params: { code: measure },
  },
  exported: {
    edit: `${bare}\nc.run("vrm_face", {}, context)`,
    command: 'vrm_export',
    params: { name: 'Made', writer: 'own', meta: { authors: ['Us'] } },
  },
  kept: {
    edit: [
      'import avatar_forge.commands as c',
      'bpy.data.batch_remove(list(bpy.data.objects))',
      'rig = bpy.data.objects[c.run("avatar_scaffold", {}, context)["armature"]]',
      'bpy.context.scene["before"] = rig["avatar_forge_vrm"]',
      'bpy.context.scene["keys"] = len(bpy.data.objects["Face"].data.shape_keys.key_blocks)',
      'c.run("vrm_face", {}, context)',
    ].join('\n'),
    command: 'execute_blender_code',
    params: {
      code: [
        'import json',
        'scene = bpy.context.scene',
        'after, before = bpy.data.objects["Avatar"]["avatar_forge_vrm"], scene["before"]',
        'result = json.loads(after) == json.loads(before) and scene["keys"] == len(bpy.data.objects["Face"].data.shape_keys.key_blocks)',
      ].join('\n'),
    },
  },
  vroid: {
    edit: rename({
      aa: 'Fcl_MTH_A',
      ih: 'Fcl_MTH_I',
      ou: 'Fcl_MTH_U',
      ee: 'Fcl_MTH_E',
      oh: 'Fcl_MTH_O',
      blink: 'Fcl_EYE_Close',
      happy: 'Fcl_ALL_Joy',
    }),
    command: 'vrm_face',
    params: { make: 'none' },
  },
  arkit: {
    edit: rename({
      aa: 'jawOpen',
      ou: 'mouthPucker',
      blink: 'eyeBlinkLeft',
      oh: 'eyeBlinkRight',
      happy: 'mouthSmileLeft',
      ee: 'mouthSmileRight',
      ih: 'mouthFunnel',
    }),
    command: 'vrm_face',
    params: { make: 'none' },
  },
  mmd: {
    edit: rename({ aa: 'あ', ih: 'い', ou: 'う', ee: 'え', oh: 'お', blink: 'まばたき', happy: '笑い' }),
    command: 'vrm_face',
    params: { make: 'none' },
  },
  still: {
    edit: `${rename({ aa: 'A' })}\nfor p, q in zip(keys["A"].data, keys[0].data): p.co = q.co`,
    command: 'vrm_face',
    params: { make: 'none' },
  },
  told: {
    edit: rename({ aa: 'Wide open' }),
    command: 'vrm_face',
    params: { make: 'none', keys: { aa: { 'Wide open': 0.8 } } },
  },
  unknown: { command: 'vrm_face', params: { keys: { aa: { Aah: 1 } } } },
  coarse: { edit: rename({ aa: 'x', blink: 'y' }), command: 'vrm_face', params: {} },
} satisfies Record<string, Case>;
type Name = keyof typeof CASES;

const faced = z.object({
  expressions: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  made_mm: z.record(z.string(), z.number()),
  missing: z.array(z.string()),
  look_at: z.string().nullable(),
  notes: z.array(z.string()),
});
const side = z.object({
  left: z.number(),
  right: z.number(),
  down: z.number(),
  mouth: z.number(),
  lips: z.number(),
  eyes: z.number(),
  finite: z.boolean(),
});
const visemes = ['aa', 'ih', 'ou', 'ee', 'oh'];

describe('vrm_face', function () {
  this.timeout(200_000);
  let run: Run;

  before(async () => {
    run = await runInBlender(Object.values(CASES));
  });
  after(() => run.remove());

  const outcome = (name: Name): Outcome => {
    const found = run.outcomes[Object.keys(CASES).indexOf(name)];
    assert.ok(found, name);
    return found;
  };
  const result = (name: Name): z.infer<typeof faced> => faced.parse(outcome(name).result);

  it('makes visemes, blinks and emotions for a face that has none', () => {
    const { made_mm, missing, look_at, expressions } = result('made');
    assert.deepEqual(missing, []);
    assert.equal(look_at, 'bone');
    assert.equal(expressions['blink'], 'made');
    for (const name of [
      ...visemes,
      'blinkLeft',
      'blinkRight',
      'happy',
      'angry',
      'sad',
      'relaxed',
      'surprised',
    ]) {
      assert.ok((made_mm[name] ?? 0) > 2, `${name} moves ${String(made_mm[name])} mm`);
    }
  });

  it('says in a dry run what it would make, and makes nothing', () => {
    assert.deepEqual(result('dry').made_mm, result('made').made_mm);
    assert.ok(outcome('dry').untouched);
    assert.ok(!outcome('made').untouched);
  });

  it('moves lids for a blink and lips for a viseme, and nothing at the back of the head', () => {
    const { result: measured } = z
      .object({ result: z.record(z.string(), z.unknown()) })
      .parse(outcome('measured').result);
    const { back, hair, ...keys } = measured;
    assert.equal(back, 0);
    assert.equal(hair, 0, 'hair is left alone');
    const of = (name: string): z.infer<typeof side> => side.parse(keys[name]);
    assert.ok(Object.keys(keys).every((name) => of(name).finite));
    for (const name of visemes) {
      assert.ok(of(name).mouth > 2 && of(name).eyes < of(name).mouth / 3, `${name} is of the mouth`);
      assert.ok(Math.abs(of(name).left - of(name).right) < 0.5, `${name} is even`);
    }
    const [left, right] = [of('blinkLeft'), of('blinkRight')];
    assert.ok(left.left > 20 && left.right === 0, 'the left eye alone closes, all the way');
    assert.ok(right.right > 20 && right.left === 0);
    assert.ok(left.down > 20 && left.lips < 0.5, 'its upper lid comes down');
    assert.ok(of('aa').mouth > of('ih').mouth + 2, 'aa opens wider than ih');
  });

  it('makes what the companion app asks for', async () => {
    const bytes = await run.read('exports', 'Made.vrm');
    const { findings } = checkVrm(bytes, { profile: PROFILES.app });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      [],
    );
  });

  it('leaves a face alone that has everything', () => {
    const { result: kept } = z.object({ result: z.unknown() }).parse(outcome('kept').result);
    assert.equal(kept, true);
  });

  for (const name of ['vroid', 'mmd'] as const) {
    it(`knows the shape keys of ${name} by their names`, () => {
      const { expressions, missing } = result(name);
      for (const expression of [...visemes, 'blink', 'happy']) {
        assert.ok(Array.isArray(expressions[expression]), `${name}: ${expression}`);
      }
      assert.ok(!missing.includes('blink'));
    });
  }

  it('joins ARKit’s shapes of each side into one expression', () => {
    const { expressions } = result('arkit');
    assert.deepEqual(expressions['blink'], ['eyeBlinkLeft', 'eyeBlinkRight']);
    assert.deepEqual(expressions['blinkLeft'], ['eyeBlinkLeft']);
    assert.deepEqual(expressions['happy'], ['mouthSmileLeft', 'mouthSmileRight']);
    assert.deepEqual(expressions['oh'], ['jawOpen', 'mouthFunnel']);
  });

  it('passes over shape keys that move nothing', () => {
    const { expressions, missing, notes } = result('still');
    assert.equal(expressions['aa'], undefined);
    assert.ok(missing.includes('aa'));
    assert.match(notes.join(), /move nothing.*Face: A/);
  });

  it('takes a person’s word for what an expression is made of', () => {
    assert.deepEqual(result('told').expressions['aa'], ['Wide open']);
  });

  it('says what is wrong, and changes nothing', () => {
    for (const [name, code, message] of [
      ['unknown', 'not-found', /keys\.aa.*'Aah'/],
      ['coarse', 'no-face', /enough vertices.*vrm_rig/s],
    ] as const) {
      assert.equal(outcome(name).error?.code, code);
      assert.match(outcome(name).error?.message ?? '', message);
      assert.ok(outcome(name).untouched, name);
    }
  });
});
