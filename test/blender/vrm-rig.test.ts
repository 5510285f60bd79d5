import assert from 'node:assert/strict';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { khronosIssues } from './support/khronos.ts';
import { rig, type RigCase, type Rigs } from './support/rigs.ts';

/** Conventions with the angle of their arms at rest. */
const conventions = {
  vroid: 0,
  mixamo: 0,
  makehuman: 40,
  unreal: 45,
  biped: 30,
  mmd: 35,
  rigify: 31,
  'rigify-generated': 31,
} as const;
type Convention = keyof typeof conventions;
const known = Object.keys(conventions) as Convention[];
const nameless = ['vroid', 'mixamo', 'makehuman', 'unreal', 'biped'] as const;

const others = {
  dry: { rig: 'unreal', params: { dry_run: true } },
  again: {
    rig: 'makehuman',
    edit: 'import avatar_forge.commands as c; from case_context import Context; c.run("vrm_rig", {}, Context("."))',
  },
  overridden: { rig: 'unreal', params: { bones: { leftUpperArm: 'upperarm_twist_01_l', jaw: null } } },
  unfit: { rig: 'vroid', params: { bones: { leftHand: null } } },
  unknownBone: { rig: 'vroid', params: { bones: { leftHand: 'J_Bip_L_Hnd' } } },
  unknownHuman: { rig: 'vroid', params: { bones: { leftWing: 'J_Bip_L_Hand' } } },
  noAddon: { rig: 'vroid', params: { by: 'addon' } },
  onlyBones: { rig: 'biped', params: { t_pose: false, weights: false } },
  // The last ones, for the emulator stays in this Blender.
  addon: {
    rig: 'unreal',
    edit: 'import vrm_addon_emulator as e; e.register(assigned={"head": "head", "left_hand": "lowerarm_twist_01_l"})',
    params: { dry_run: true },
  },
  addonUnable: {
    rig: 'unreal',
    edit: 'import vrm_addon_emulator as e; e.register(assigned="Nothing looks like hips")',
  },
  addonRefused: {
    rig: 'unreal',
    edit: 'import vrm_addon_emulator as e; e.register(assigned="Nothing looks like hips")',
    params: { by: 'addon' },
  },
} satisfies Record<string, RigCase>;

type Name = Convention | `${(typeof nameless)[number]}-nonsense` | keyof typeof others;
const cases: readonly (readonly [Name, RigCase])[] = [
  ...known.map((name) => [name, { rig: name, export: name }] as const),
  ...nameless.map((name) => [`${name}-nonsense`, { rig: `${name}-nonsense` }] as const),
  ...(Object.entries(others) as [keyof typeof others, RigCase][]),
];

const required = ['UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot'];

describe('vrm_rig: rigs as other tools make them', function () {
  this.timeout(200_000);
  let rigs: Rigs<Name>;

  before(async () => {
    rigs = await rig(new Map(cases));
  });
  after(() => rigs.remove());

  for (const name of known) {
    it(`finds every bone of ${name} as a person would`, () => {
      const { result, expected, annotation } = rigs.made(name);
      assert.deepEqual(result.mapped, { ...result.mapped, ...expected });
      assert.deepEqual(Object.keys(result.mapped).sort(), Object.keys(expected).sort());
      assert.deepEqual(result.missing, []);
      assert.deepEqual(annotation.humanoid, result.mapped);
    });

    it(`stands ${name} up in a T-pose, mesh and keys with it`, () => {
      const { result, facts } = rigs.made(name);
      const at = (bone: string): readonly number[] => facts.heads[bone] ?? [NaN, NaN, NaN];
      const [shoulder, elbow, wrist] = [at('leftUpperArm'), at('leftLowerArm'), at('leftHand')];
      assert.ok((shoulder[0] ?? NaN) > 0.1 && (wrist[0] ?? NaN) > 0.6, 'the left arm goes to +X');
      for (const axis of [1, 2]) {
        assert.ok(Math.abs((shoulder[axis] ?? NaN) - (elbow[axis] ?? NaN)) < 0.012, 'the upper arm is level');
        assert.ok(Math.abs((elbow[axis] ?? NaN) - (wrist[axis] ?? NaN)) < 0.012, 'the lower arm is level');
      }
      assert.ok((at('leftToes')[1] ?? NaN) < (at('leftFoot')[1] ?? NaN) - 0.05, 'it faces -Y');
      assert.ok(Math.abs((result.t_pose_deg?.['leftUpperArm'] ?? 0) - conventions[name]) < 1.5);
      assert.ok(Math.abs(facts.low) < 0.011 && facts.tall > 1.6 && facts.tall < 2.1, 'metres, on the ground');
      assert.ok(facts.plain, 'its transform is applied');
      assert.ok(facts.stray < 1e-4, `the mesh is ${String(facts.stray)} m off its bones`);
      assert.ok(Math.abs(facts.aa - 0.02) < 1e-4, 'shape keys keep their size');
    });

    it(`cleans the weights of ${name}`, () => {
      const { result, facts } = rigs.made(name);
      assert.deepEqual(result.weights, { Body: { over_four: 1, uneven: 0, unweighted: 1 } });
      assert.deepEqual(facts.influences, [1, 4]);
      assert.ok(facts.uneven < 1e-5);
    });

    it(`exports ${name} as a valid VRM`, async () => {
      const bytes = await rigs.exported(name);
      const { findings } = checkVrm(bytes, { profile: PROFILES.spec });
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => [code, message]),
        [],
      );
      assert.deepEqual((await khronosIssues(bytes)).errors, []);
    });
  }

  for (const name of nameless) {
    it(`finds the bones of ${name}’s rig without a name that means anything`, () => {
      const { result, expected } = rigs.made(`${name}-nonsense`);
      const optional = /Eye$|^jaw$/; // where faces have many bones, only names tell these
      const body = Object.fromEntries(Object.entries(expected).filter(([human]) => !optional.test(human)));
      assert.deepEqual({ ...result.mapped, ...body }, result.mapped);
      assert.ok(result.confidence < 0.95, 'and is less sure of it');
    });
  }

  it('hangs Rigify’s limbs on the body and mutes what held them', () => {
    const { result } = rigs.made('rigify-generated');
    assert.ok(result.reparented.includes('DEF-thigh.L'));
    assert.match(result.notes.join(), /Constraints of \d+ bones/);
  });

  it('changes nothing in a dry run, and tells what it would do', () => {
    const { result, untouched, annotation } = rigs.made('dry');
    assert.ok(untouched);
    assert.deepEqual(annotation, {});
    assert.ok(result.stood);
    assert.ok(Math.abs((result.t_pose_deg?.['leftUpperArm'] ?? 0) - 45) < 1);
    assert.deepEqual(result.weights, { Body: { over_four: 1, uneven: 0, unweighted: 1 } });
  });

  it('has nothing left to do the second time', () => {
    const { result, untouched } = rigs.made('again');
    assert.ok(untouched);
    assert.deepEqual([result.stood, result.t_pose_deg, result.weights], [false, {}, {}]);
  });

  it('takes a person’s word over what it found', () => {
    const { result } = rigs.made('overridden');
    assert.equal(result.mapped['leftUpperArm'], 'upperarm_twist_01_l');
    assert.equal(result.mapped['rightUpperArm'], 'upperarm_r');
    // A twist bone has no forearm below it: the forearm is hung there.
    assert.deepEqual(result.reparented, ['lowerarm_l']);
  });

  it('does the bones alone when told to', () => {
    const { result, facts } = rigs.made('onlyBones');
    assert.deepEqual([result.t_pose_deg, result.weights], [undefined, undefined]);
    assert.ok((facts.heads['leftLowerArm']?.[2] ?? NaN) < (facts.heads['leftUpperArm']?.[2] ?? NaN) - 0.1);
  });

  it('takes the VRM add-on’s assignment where it is installed, and says where it doubts it', () => {
    const { result, untouched } = rigs.made('addon');
    assert.equal(result.mapped['leftHand'], 'lowerarm_twist_01_l');
    assert.deepEqual(Object.keys(result.doubtful), ['leftHand']);
    assert.match(result.notes.join(), /leftHand: lowerarm_twist_01_l \(by structure hand_l\)/);
    assert.equal(result.mapped['leftUpperArm'], 'upperarm_l', 'what it leaves out is as we found it');
    assert.ok(untouched, 'the add-on’s own data is as it was');
  });

  it('goes by the structure where the VRM add-on assigns nothing', () => {
    const { result } = rigs.made('addonUnable');
    assert.equal(result.mapped['leftHand'], 'hand_l');
    assert.match(result.notes.join(), /add-on did not assign.*Nothing looks like hips/s);
  });

  const errors: readonly (readonly [Name, string, RegExp])[] = [
    ['unfit', 'missing-bones', /leftHand.*nearest: 'J_Bip_L_Hand'.*vrm_rig/s],
    ['unknownBone', 'not-found', /bones\.leftHand.*Did you mean: J_Bip_L_Hand/s],
    ['unknownHuman', 'not-found', /bones\.leftWing.*humanoid bone/s],
    ['noAddon', 'bad-params', /VRM add-on is not there/],
    ['addonRefused', 'vrm-addon-refused', /Nothing looks like hips.*by 'own'/s],
  ];
  for (const [name, code, message] of errors) {
    it(`says what is wrong (${name}), before anything is changed`, () => {
      const { error, untouched } = rigs.refused(name);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(untouched);
    });
  }

  it('knows the bones that VRM requires', () => {
    for (const name of known) {
      for (const part of required) {
        assert.ok(rigs.made(name).result.mapped[`left${part}`] !== undefined, `${name} left${part}`);
      }
    }
  });
});
