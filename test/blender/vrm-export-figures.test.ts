import assert from 'node:assert/strict';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { khronosIssues } from './support/khronos.ts';
import { runInBlender } from './support/library.ts';
import type { Case, Run } from './support/library.ts';

const ours = { command: 'vrm_export', params: { name: 'Figure', writer: 'own', meta: { authors: ['Us'] } } };
const face = 'face = bpy.data.objects["Face"]';
const rename = (names: Readonly<Record<string, string>>): string =>
  `for old, new in ${JSON.stringify(names)}.items(): armature.data.bones[old].name = new`;

/** What people bring: rigs without an annotation, modifiers, hidden armatures, a pose, edit mode. */
const CASES = {
  mixamo: {
    edit: [
      'del armature["avatar_forge_vrm"]',
      rename({
        hips: 'mixamorig:Hips',
        spine: 'mixamorig:Spine',
        neck: 'mixamorig:Neck',
        head: 'mixamorig:Head',
        'upper_arm.L': 'mixamorig:LeftArm',
        'forearm.L': 'mixamorig:LeftForeArm',
        'hand.L': 'mixamorig:LeftHand',
        'upper_arm.R': 'mixamorig:RightArm',
        'forearm.R': 'mixamorig:RightForeArm',
        'hand.R': 'mixamorig:RightHand',
        'thigh.L': 'mixamorig:LeftUpLeg',
        'shin.L': 'mixamorig:LeftLeg',
        'thigh.R': 'mixamorig:RightUpLeg',
        'shin.R': 'mixamorig:RightLeg',
      }),
    ].join('\n'),
  },
  subdivided: { edit: `${face}; face.modifiers.new("Smooth", "SUBSURF").levels = 1` },
  topology: {
    edit: [
      face,
      'w = face.modifiers.new("Weld", "WELD"); w.merge_threshold = 0.02',
      'for p in face.data.shape_keys.key_blocks["oh"].data: p.co = (0, 0, 1.4)',
    ].join('\n'),
  },
  posed: {
    edit: [
      'armature.pose.bones["upper_arm.L"].rotation_mode = "XYZ"',
      'armature.pose.bones["upper_arm.L"].rotation_euler = (0, 0, 1)',
      'armature.hide_viewport = True',
      'bpy.data.objects["Hat"].hide_viewport = True',
    ].join('\n'),
  },
  editing: {
    edit: `${face}; bpy.context.view_layer.objects.active = face; bpy.ops.object.mode_set(mode="EDIT")`,
  },
  unweighted: { edit: `${face}; face.vertex_groups["head"].remove(range(4))` },
} satisfies Record<string, Partial<Case>>;
type Name = keyof typeof CASES;

describe('vrm_export: figures as people bring them', function () {
  this.timeout(200_000);
  let run: Run;
  const order = Object.keys(CASES);

  before(async () => {
    run = await runInBlender(
      Object.entries(CASES).map(([name, edit]) => ({ ...ours, ...edit, params: { ...ours.params, name } })),
    );
  });
  after(async () => {
    await run.remove();
  });

  const outcomeOf = (name: Name): Run['outcomes'][number] => {
    const outcome = run.outcomes[order.indexOf(name)];
    assert.ok(outcome !== undefined);
    return outcome;
  };
  const exported = async (name: Name): Promise<Uint8Array> => {
    assert.equal(outcomeOf(name).error, undefined);
    assert.ok(outcomeOf(name).untouched, 'the scene is not as it was');
    return run.read('exports', `${name}.vrm`);
  };
  const notesOf = (name: Name): string =>
    z.array(z.string()).parse(outcomeOf(name).result?.['notes']).join(' ');

  it('recognises bones and expressions by name where there is no annotation', async () => {
    const report = checkVrm(await exported('mixamo'), { profile: PROFILES.app });
    assert.equal(report.counts.errors, 0);
    assert.equal(report.facts?.bones.length, 18);
    assert.match(notesOf('mixamo'), /18 bones and 7 expressions were recognised/);
  });

  it('applies modifiers and keeps the shape keys', async () => {
    const bytes = await exported('subdivided');
    assert.deepEqual((await khronosIssues(bytes)).errors, []);
    const { facts } = checkVrm(bytes);
    assert.equal(facts?.triangles, 252 + 3 * 12 * 3); // each of the face's three boxes has four times its 12
    for (const { name, effect } of facts.expressions) {
      if (name !== 'blush')
        assert.ok((effect.vertices ?? 0) > 3, `${name} moves ${effect.vertices} vertices`);
    }
    assert.match(notesOf('subdivided'), /Face were applied in the export: Smooth/);
  });

  it('refuses a key that changes what a modifier makes', () => {
    const { error, untouched } = outcomeOf('topology');
    assert.equal(error?.code, 'shape-key-topology');
    assert.match(error.message, /'Face' make \d+ vertices with the shape key/);
    assert.ok(untouched);
  });

  it('exports the rest pose of a posed, hidden armature, and leaves out what is hidden', async () => {
    const report = checkVrm(await exported('posed'), { profile: PROFILES.app });
    assert.equal(report.counts.errors, 0);
    assert.equal(
      report.findings.find(({ code }) => code.includes('pose')),
      undefined,
    );
    assert.match(notesOf('posed'), /Hidden and so not exported: Hat/);
  });

  it('exports from edit mode too', async () => {
    assert.equal(checkVrm(await exported('editing')).counts.errors, 0);
  });

  it('says that vertices have no weight', async () => {
    assert.deepEqual((await khronosIssues(await exported('unweighted'))).errors, []);
    assert.match(notesOf('unweighted'), /no weight/);
  });
});

describe('vrm_export: the figure of avatar_scaffold', function () {
  this.timeout(200_000);
  let run: Run;
  before(async () => {
    const clear = 'bpy.data.batch_remove(list(bpy.data.objects))';
    const make =
      'from avatar_forge import commands; commands.run("avatar_scaffold", {"name": "Aria"}, context)';
    run = await runInBlender([{ ...ours, edit: `${clear}; ${make}` }]);
  });
  after(async () => {
    await run.remove();
  });

  it('passes Khronos’ validator and our check, and fits the budgets', async () => {
    assert.equal(run.outcomes[0]?.error, undefined);
    const bytes = await run.read('exports', 'Figure.vrm');
    assert.deepEqual((await khronosIssues(bytes)).errors, []);
    const { counts, facts } = checkVrm(bytes, { profile: PROFILES.app });
    assert.equal(counts.errors, 0);
    assert.ok(facts !== null && facts.bones.length >= 50 && facts.expressions.length >= 18);
    assert.ok(bytes.length < 8 * 2 ** 20, `${bytes.length} bytes`);
    const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
    assert.ok(jsonLength < 2 ** 16, `${jsonLength} bytes of JSON: remote inspection reads 64 KiB`);
  });
});
