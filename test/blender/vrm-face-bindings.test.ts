import assert from 'node:assert/strict';
import { z } from 'zod';
import { changed } from './support/commands.ts';
import { faces, type Faces, rename, visemes, whole } from './support/faces.ts';
import type { Case, Outcome } from './support/library.ts';

/** The scaffold's shape keys by names that mean nothing, which the annotation binds: as an imported VRM may be. */
const strange = [
  whole,
  'vrm = json.loads(rig["avatar_forge_vrm"])',
  'for n, key in enumerate(bpy.data.objects["Face"].data.shape_keys.key_blocks[1:]):',
  '    for e in vrm["expressions"].values():',
  '        for m in e["morphs"]: m["key"] = f"k{n}" if m["key"] == key.name else m["key"]',
  '    key.name = f"k{n}"',
  'rig["avatar_forge_vrm"] = json.dumps(vrm)',
].join('\n');
/** The keys that the annotation binds each expression to, and those of the face. */
const binds = {
  command: 'execute_blender_code',
  params: {
    code: `import json
vrm = json.loads(next(o["avatar_forge_vrm"] for o in D.objects if "avatar_forge_vrm" in o))
result = {"binds": {n: [m["key"] for m in e.get("morphs", ())] for n, e in vrm["expressions"].items()},
          "blend": vrm["expressions"]["happy"].get("overrideBlink"),
          "keys": [k.name for k in D.objects["Face"].data.shape_keys.key_blocks[1:]]}`,
  },
};

const CASES = {
  kept: {
    edit: [
      whole,
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
  all: { edit: whole, command: 'vrm_face', params: { make: 'all' } },
  allBinds: { edit: `${whole}\nc.run("vrm_face", {"make": "all"}, context)`, ...binds },
  allButTold: {
    edit: `${whole}\nc.run("vrm_face", {"make": "all", "keys": {"blink": {"relaxed": 1}, "aa": {"oh": 0.5}}}, context)`,
    ...binds,
  },
  rebound: { edit: whole, command: 'vrm_face', params: { make: 'none', keys: { aa: { oh: 1 } } } },
  remapped: {
    edit: whole,
    command: 'execute_blender_code',
    params: {
      code: `import json
vrm = json.loads(D.objects["Avatar"]["avatar_forge_vrm"])
human = vrm["humanoid"]
human["leftEye"], human["rightEye"] = human["rightEye"], human["leftEye"]
D.objects["Avatar"]["avatar_forge_vrm"] = json.dumps(vrm)`,
    },
  },
  strange: { edit: strange, command: 'vrm_face', params: {} },
  strangeBinds: { edit: `${strange}\nc.run("vrm_face", {}, context)`, ...binds },
  toldBefore: {
    edit: `${rename({ aa: 'Wide open' })}
import avatar_forge.commands as c
c.run("vrm_face", {"make": "none", "keys": {"aa": {"Wide open": 0.8}}}, context)`,
    command: 'vrm_face',
    params: { make: 'none' },
  },
  stale: {
    edit: `${strange}\nbpy.data.objects["Face"].shape_key_clear()\nc.run("vrm_face", {}, context)`,
    ...binds,
  },
  stillBound: {
    edit: 'keys = armature.children[1].data.shape_keys.key_blocks\nfor p, q in zip(keys["aa"].data, keys[0].data): p.co = q.co',
    command: 'vrm_face',
    params: { make: 'none' },
  },
  unknown: { command: 'vrm_face', params: { keys: { aa: { Aah: 1 } } } },
} satisfies Record<string, Case>;
type Name = keyof typeof CASES;

const bindings = z.object({
  result: z.object({
    binds: z.record(z.string(), z.array(z.string())),
    blend: z.string().optional(),
    keys: z.array(z.string()),
  }),
});
describe('vrm_face: which keys make an expression', function () {
  this.timeout(200_000);
  let made: Faces<Name>;

  before(async () => {
    made = await faces(CASES);
  });
  after(() => made.remove());

  const outcome = (name: Name): Outcome => made.outcome(name);
  const result = (name: Name): ReturnType<typeof made.result> => made.result(name);

  const bindsOf = (name: Name): z.infer<typeof bindings>['result'] =>
    bindings.parse(outcome(name).result).result;

  it('leaves a face alone that has everything', () => {
    const { result: kept } = z.object({ result: z.unknown() }).parse(outcome('kept').result);
    assert.equal(kept, true);
  });

  it('makes everything anew when told to, and binds it', () => {
    const { made_mm, expressions } = result('all');
    assert.ok(Object.keys(made_mm).every((name) => expressions[name] === 'made'));
    assert.equal(expressions['blink'], 'made');
    assert.deepEqual(expressions['lookUp'], ['lookUp'], 'what it cannot make stays');
    const { binds: after, blend } = bindsOf('allBinds');
    assert.deepEqual(after['blinkLeft'], ['blinkLeft']);
    assert.deepEqual(after['blink'], ['blinkLeft', 'blinkRight']);
    assert.deepEqual(after['aa'], ['aa']);
    assert.equal(blend, 'blend', 'what else is said of an expression stays');
  });

  it('tells in the diff what was bound anew, even where there are as many as before', () => {
    for (const [name, member] of [
      ['rebound', 'vrm.expressions'],
      ['remapped', 'vrm.humanoid'],
    ] as const) {
      const { diff } = changed.parse(outcome(name).result);
      assert.deepEqual(
        diff.changed.map(({ name: object, fields }) => [object, Object.keys(fields)]),
        [['Avatar', [member]]],
      );
      const [was, is] = diff.changed[0]?.fields[member] ?? [];
      assert.match(`${String(was)} ${String(is)}`, /^(\d+) \([0-9a-f]{8}\) \1 \([0-9a-f]{8}\)$/);
    }
    assert.deepEqual(
      changed.parse(outcome('strange').result).diff.changed,
      [],
      'and nothing where all stayed',
    );
  });

  it('leaves a person’s word when it makes everything anew', () => {
    const { binds: after } = bindsOf('allButTold');
    assert.deepEqual([after['blink'], after['aa']], [['relaxed'], ['oh']]);
    assert.deepEqual([after['blinkLeft'], after['ih']], [['blinkLeft'], ['ih']]);
  });

  it('makes nothing for a figure whose annotation binds keys of any name', () => {
    const { made_mm, expressions, missing } = result('strange');
    assert.deepEqual([made_mm, missing], [{}, []]);
    assert.ok(outcome('strange').untouched);
    assert.deepEqual(expressions['aa'], ['k0']);
    const { binds: after, keys } = bindsOf('strangeBinds');
    assert.deepEqual(after['aa'], ['k0']);
    assert.ok(keys.every((key) => /^k\d+$/.test(key)));
    assert.deepEqual(result('toldBefore').expressions['aa'], ['Wide open'], 'as an earlier call was told');
  });

  it('binds anew what points at keys that are gone, or that move nothing', () => {
    const { binds: after } = bindsOf('stale');
    assert.deepEqual([after['aa'], after['blinkLeft']], [['aa'], ['blinkLeft']]);
    assert.ok(result('stillBound').missing.includes('aa'));
    assert.ok(!result('stillBound').missing.includes('ih'));
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
    assert.equal(outcome('unknown').error?.code, 'not-found');
    assert.match(outcome('unknown').error?.message ?? '', /keys\.aa.*'Aah'/);
    assert.ok(outcome('unknown').untouched);
  });
});
