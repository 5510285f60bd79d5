import assert from 'node:assert/strict';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { changed as diffed } from './support/commands.ts';
import { runInBlender } from './support/library.ts';
import type { Case, Outcome, Run } from './support/library.ts';

const foreign = (name: string, more = ''): string =>
  `import foreign_rigs, avatar_forge.commands as c\nrig, _ = foreign_rigs.build("${name}")\n${more}`;
/** A cat's ears and tail, and a ribbon, with names that mean nothing. */
const animal = [
  'bpy.context.view_layer.objects.active = rig',
  'bpy.ops.object.mode_set(mode="EDIT")',
  'e = rig.data.edit_bones',
  'def chain(names, parent, points):',
  '    for n, a, b in zip(names, points, points[1:]):',
  '        m = e.new(n); m.head, m.tail, m.parent = a, b, e[parent]; parent = n',
  'chain(["x1", "x2", "x3"], "J_Bip_C_Hips", [(0, .1, .95), (0, .25, .9), (0, .4, .9), (0, .5, .95)])',
  'for n, s in (("y", 1), ("z", -1)): chain([n + "1", n + "2"], "J_Bip_C_Head", [(s * .08, 0, 1.7), (s * .1, 0, 1.77), (s * .11, 0, 1.85)])',
  'bpy.ops.object.mode_set(mode="OBJECT")',
  'for n in ("x1", "x2", "y1", "y2", "z1", "z2"): bpy.data.objects["Body"].vertex_groups.new(name=n).add([30], 0.1, "REPLACE")',
].join('\n');
const scaffold = [
  'import avatar_forge.commands as c, json',
  'bpy.data.batch_remove(list(bpy.data.objects))',
  'rig = bpy.data.objects[c.run("avatar_scaffold", {}, context)["armature"]]',
].join('\n');
const read = {
  command: 'execute_blender_code',
  params: {
    code: 'import json\nresult = {o.name: json.loads(o["avatar_forge_vrm"]) for o in D.objects if "avatar_forge_vrm" in o}',
  },
};

const CASES = {
  vroid: { edit: foreign('vroid'), command: 'vrm_physics', params: {} },
  annotated: { edit: foreign('vroid', 'c.run("vrm_physics", {}, context)'), ...read },
  twice: { edit: foreign('vroid', 'c.run("vrm_physics", {}, context)'), command: 'vrm_physics', params: {} },
  animal: { edit: foreign('vroid', animal), command: 'vrm_physics', params: { dry_run: true } },
  makehuman: { edit: foreign('makehuman'), command: 'vrm_physics', params: {} },
  unreal: { edit: foreign('unreal', 'c.run("vrm_rig", {}, context)'), command: 'vrm_physics', params: {} },
  turned: { edit: foreign('unreal'), command: 'vrm_physics', params: {} },
  told: {
    edit: foreign('vroid'),
    command: 'vrm_physics',
    params: { dry_run: true, chains: { J_Sec_L_Bust1: 'none', J_Sec_Hair1_01: 'cloth' } },
  },
  scaffold: { edit: `${scaffold}\ndel rig["avatar_forge_vrm"]`, command: 'vrm_physics', params: {} },
  kept: { edit: scaffold, command: 'vrm_physics', params: {} },
  stiffer: { edit: scaffold, command: 'vrm_physics', params: { values: { hair: { stiffness: 3 } } } },
  stifferRead: {
    edit: `${scaffold}\nc.run("vrm_physics", {"values": {"hair": {"stiffness": 3, "radius": 0.03}}}, context)`,
    ...read,
  },
  stifferDry: {
    edit: `${scaffold}\nc.run("vrm_physics", {"values": {"hair": {"stiffness": 3}}, "dry_run": True}, context)`,
    ...read,
  },
  stifferTwice: {
    edit: `${scaffold}\nc.run("vrm_physics", {"values": {"hair": {"stiffness": 3}}}, context)`,
    command: 'vrm_physics',
    params: { values: { hair: { stiffness: 3 } } },
  },
  scaffoldRead: { edit: scaffold, ...read },
  retold: {
    edit: foreign('vroid', 'c.run("vrm_physics", {}, context)'),
    command: 'vrm_physics',
    params: {
      chains: {
        J_Sec_L_Bust1: 'none',
        J_Sec_Hair1_01: 'cloth',
        J_Sec_Hair2_02: 'cloth',
        J_Bip_C_Head: 'hair',
      },
      values: { cloth: { drag: 0.9 }, tail: { drag: 0.9 } },
    },
  },
  retoldRead: {
    edit: foreign(
      'vroid',
      'c.run("vrm_physics", {}, context); c.run("vrm_physics", {"chains": {"J_Sec_L_Bust1": "none", "J_Sec_Hair1_01": "cloth"}, "values": {"cloth": {"drag": 0.9}}}, context)',
    ),
    ...read,
  },
  unknown: {
    edit: `${scaffold}
vrm = json.loads(rig["avatar_forge_vrm"])
vrm["springs"].append({"name": "Jaw", "joints": [{"bone": "neck"}], "colliderGroups": []})
rig["avatar_forge_vrm"] = json.dumps(vrm)`,
    command: 'vrm_physics',
    params: { values: { hair: { stiffness: 3 } } },
  },
  exported: {
    edit: foreign(
      'vroid',
      'c.run("vrm_rig", {}, context); c.run("vrm_physics", {"values": {"hair": {"stiffness": 2}}}, context)',
    ),
    command: 'vrm_export',
    params: { name: 'Sways', writer: 'own', meta: { authors: ['Us'] } },
  },
  badBone: { edit: foreign('vroid'), command: 'vrm_physics', params: { chains: { Hair: 'hair' } } },
  badKind: { edit: foreign('vroid'), command: 'vrm_physics', params: { values: { hat: {} } } },
  badValue: { edit: foreign('vroid'), command: 'vrm_physics', params: { values: { hair: { drag: 2 } } } },
} satisfies Record<string, Case>;
type Name = keyof typeof CASES;

const swaying = z.object({
  chains: z.record(z.string(), z.object({ kind: z.string(), bones: z.number() })),
  kept: z.number(),
  changed: z.record(z.string(), z.string()),
  colliders: z.number(),
  notes: z.array(z.string()),
});
const joint = z.object({
  bone: z.string(),
  hitRadius: z.number(),
  stiffness: z.number(),
  dragForce: z.number(),
});
const shape = z.object({ offset: z.array(z.number()), radius: z.number() });
const annotated = z.object({
  springs: z.array(
    z.object({ name: z.string(), joints: z.array(joint), colliderGroups: z.array(z.string()) }),
  ),
  colliders: z.array(
    z.object({ group: z.string(), bone: z.string(), sphere: shape.optional(), capsule: shape.optional() }),
  ),
});

describe('vrm_physics', function () {
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
  const result = (name: Name): z.infer<typeof swaying> => swaying.parse(outcome(name).result);
  const kinds = (name: Name): Record<string, string> =>
    Object.fromEntries(Object.entries(result(name).chains).map(([root, { kind }]) => [root, kind]));

  const springsOf = (name: Name, armature: string): z.infer<typeof annotated>['springs'] => {
    const found = z.object({ result: z.record(z.string(), annotated) }).parse(outcome(name).result);
    return found.result[armature]?.springs ?? [];
  };

  it('finds the hair, the skirt and the bust of a VRoid rig, and nothing of its body', () => {
    assert.deepEqual(kinds('vroid'), {
      J_Sec_Hair1_01: 'hair',
      J_Sec_Hair1_02: 'hair',
      J_Sec_Hair1_03: 'hair',
      J_Sec_L_Hair1_04: 'hair',
      J_Sec_R_Hair1_04: 'hair',
      J_Sec_L_Bust1: 'bust',
      J_Sec_R_Bust1: 'bust',
      J_Sec_L_SkirtFront0_01: 'skirt',
      J_Sec_R_SkirtFront0_01: 'skirt',
    });
    assert.equal(result('vroid').chains['J_Sec_Hair1_01']?.bones, 3);
  });

  it('knows ears and a tail by where they are', () => {
    const found = kinds('animal');
    assert.deepEqual([found['x1'], found['y1'], found['z1']], ['tail', 'ear', 'ear']);
    assert.ok(outcome('animal').untouched);
  });

  it('takes twists, helpers, metacarpals, toes and a face’s bones for what they are', () => {
    assert.deepEqual(kinds('unreal'), {});
    assert.deepEqual(kinds('makehuman'), {});
    assert.match(result('unreal').notes.join(), /Nothing that sways/);
  });

  it('gives sane values and colliders that fit the body', () => {
    const { result: read_ } = z
      .object({ result: z.object({ Rig: annotated }) })
      .parse(outcome('annotated').result);
    const { springs, colliders } = read_.Rig;
    const bones = springs.flatMap(({ joints }) => joints.map(({ bone }) => bone));
    assert.equal(new Set(bones).size, bones.length, 'no bone sways twice');
    for (const { joints, name } of springs) {
      for (const { hitRadius, stiffness, dragForce } of joints) {
        assert.ok(hitRadius > 0.005 && hitRadius < 0.05 && stiffness > 0.1 && stiffness < 4, name);
        assert.ok(dragForce > 0 && dragForce < 1);
      }
    }
    const hair = springs.find(({ name }) => name === 'J_Sec_Hair1_01');
    assert.deepEqual(hair?.colliderGroups, ['head', 'torso']);
    assert.deepEqual([...new Set(colliders.map(({ group }) => group))].sort(), ['head', 'legs', 'torso']);
    for (const { sphere, capsule, bone } of colliders) {
      const radius = (sphere ?? capsule)?.radius ?? NaN;
      assert.ok(radius > 0.015 && radius < 0.25, `${bone}: ${String(radius)}`);
    }
  });

  it('finds every chain of our own figure, and leaves those alone that sway already', () => {
    const { chains } = result('scaffold');
    assert.ok(Object.keys(chains).length >= 12);
    assert.ok(Object.values(chains).some(({ kind }) => kind === 'skirt'));
    assert.deepEqual([result('kept').chains, result('kept').colliders], [{}, 0]);
    assert.ok(result('kept').kept > 0);
    assert.deepEqual([result('twice').chains, result('twice').kept], [{}, 9]);
  });

  it('takes a person’s word on what a chain is', () => {
    const found = kinds('told');
    assert.equal(found['J_Sec_Hair1_01'], 'cloth');
    assert.equal(found['J_Sec_L_Bust1'], undefined);
  });

  it('gives values to springs that are there, of that kind alone', () => {
    const { changed, kept, chains } = result('stiffer');
    assert.ok(Object.keys(changed).length > 5);
    assert.deepEqual([new Set(Object.values(changed)), chains], [new Set(['hair']), {}]);
    assert.equal(kept, result('kept').kept);
    const before = springsOf('scaffoldRead', 'Avatar');
    const after = springsOf('stifferRead', 'Avatar');
    const told = after.filter(({ joints }) => joints[0]?.stiffness === 3);
    assert.deepEqual(told.map(({ joints }) => joints[0]?.bone).sort(), Object.keys(changed).sort());
    for (const [i, { joints, ...spring }] of after.entries()) {
      const was = before[i];
      assert.ok(was);
      const hair = (changed[joints[0]?.bone ?? ''] ?? '') === 'hair';
      const expected = hair
        ? was.joints.map((one) => ({ ...one, stiffness: 3, hitRadius: 0.03 }))
        : was.joints;
      assert.deepEqual({ ...spring, joints }, { ...was, joints: expected });
    }
    assert.deepEqual(springsOf('stifferDry', 'Avatar'), before, 'but not in a dry run');
    const { diff } = diffed.parse(outcome('stiffer').result);
    assert.deepEqual(
      diff.changed.map(({ fields }) => Object.keys(fields)),
      [['vrm.springs']],
    );
    assert.deepEqual(result('stifferTwice').changed, {}, 'what has its values already is not changed');
  });

  it('makes a chain anew of which a person says what it is, and tells what could not be', () => {
    const { chains, kept, notes } = result('retold');
    assert.deepEqual(chains, { J_Sec_Hair1_01: { kind: 'cloth', bones: 3 } });
    assert.equal(kept, 7);
    for (const note of [
      /J_Sec_L_Bust1 sways no longer/,
      /chains\.J_Sec_Hair2_02 .*begins at 'J_Sec_Hair1_02'/,
      /chains\.J_Bip_C_Head .*body/,
      /values\.tail changed nothing.*bust, cloth, hair, skirt/,
    ]) {
      assert.ok(
        notes.some((one) => note.test(one)),
        `${String(note)} ${notes.join(' ')}`,
      );
    }
    const springs = springsOf('retoldRead', 'Rig');
    assert.equal(springs.length, 8);
    const ends = springs.map(({ name, joints }) => [name, joints[0]?.dragForce] as const);
    assert.deepEqual(new Map(ends).get('J_Sec_Hair1_01'), 0.9);
    assert.equal(ends.filter(([, drag]) => drag === 0.9).length, 1);
    assert.match(result('unknown').notes.join(), /unknown.*chains.*neck/);
  });

  it('exports as valid springs', async () => {
    assert.equal(z.object({ springs: z.number() }).parse(outcome('exported').result).springs, 9);
    const { findings } = checkVrm(await run.read('exports', 'Sways.vrm'), { profile: PROFILES.spec });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      [],
    );
  });

  for (const [name, code, message] of [
    ['badBone', 'not-found', /chains\.Hair.*bone/],
    ['badKind', 'not-found', /values\.hat.*hair/s],
    ['badValue', 'bad-params', /values\.hair\.drag/],
    ['turned', 'not-upright', /vrm_rig/],
  ] as const) {
    it(`says what is wrong (${name})`, () => {
      assert.equal(outcome(name).error?.code, code);
      assert.match(outcome(name).error?.message ?? '', message);
      assert.ok(outcome(name).untouched);
    });
  }
});
