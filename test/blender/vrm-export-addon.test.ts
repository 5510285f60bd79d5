import assert from 'node:assert/strict';
import { z } from 'zod';
import { readGlb } from '../../src/core/vrm/glb.ts';
import { runInBlender } from './support/library.ts';
import type { Run } from './support/library.ts';

const emulated = 'import vrm_addon_emulator; addon = vrm_addon_emulator.register()';
const refused = `import vrm_addon_emulator; vrm_addon_emulator.register("The head is loose.")`;
const unlisted = 'import vrm_addon_emulator; vrm_addon_emulator.register(in_preferences=False)';
const unannotated =
  'del armature["avatar_forge_vrm"]; addon.vrm1.humanoid.human_bones.hips.node.bone_name = "hips"; ' +
  'addon.vrm1.meta.authors.add().value = "The panel"';

const wrongKey =
  'a = json.loads(armature["avatar_forge_vrm"]); a["expressions"]["aa"]["morphs"][0]["key"] = "aaa"; ' +
  'armature["avatar_forge_vrm"] = json.dumps(a)';

const object = z.record(z.string(), z.unknown());
const bone = z.object({ node: z.object({ bone_name: z.string() }) });
const binds = z.array(z.object({ index: z.string(), weight: z.number() }).loose());
const filled1 = z.object({
  meta: z.looseObject({ authors: z.array(z.object({ value: z.string() })) }),
  humanoid: z.object({ human_bones: z.looseObject({ left_upper_arm: bone, right_foot: bone, chest: bone }) }),
  expressions: z.looseObject({
    preset: z.record(z.string(), z.looseObject({ morph_target_binds: binds })),
    custom: z.array(z.looseObject({ custom_name: z.string(), material_color_binds: z.array(object) })),
  }),
  look_at: object,
  first_person: object,
});
const filled0 = z.object({
  meta: object,
  humanoid: z.object({ human_bones: z.array(z.looseObject({ bone: z.string() })) }),
  blend_shape_master: z.object({
    blend_shape_groups: z.array(z.looseObject({ name: z.string(), preset_name: z.string(), binds })),
  }),
  secondary_animation: z.object({ bone_groups: z.array(object) }),
});
const file = z.looseObject({
  materials: z.array(z.looseObject({ name: z.string(), extensions: object.optional() })),
  extensions: z.looseObject({
    VRMC_vrm: z.looseObject({ extras: z.object({ filled: filled1 }) }).optional(),
    VRM: z.looseObject({ extras: z.object({ filled: filled0 }) }).optional(),
    VRMC_springBone: z
      .looseObject({ springs: z.array(z.looseObject({ joints: z.array(object) })) })
      .optional(),
  }),
});

/** Against an emulator: the add-on itself can be had neither from Debian nor from npm. */
describe('vrm_export: the route through the VRM add-on (emulated)', function () {
  this.timeout(200_000);
  let run: Run;
  const read = async (name: string): Promise<z.infer<typeof file>> =>
    file.parse(readGlb(await run.read('exports', name)).json);

  before(async () => {
    const command = 'vrm_export';
    run = await runInBlender([
      { edit: emulated, command, params: { name: 'One' } },
      { edit: emulated, command, params: { name: 'Zero', version: '0.x' } },
      { edit: `${emulated}; ${unannotated}`, command, params: { name: 'Panel' } },
      { edit: refused, command, params: { name: 'Refused' } },
      { edit: emulated, command, params: { name: 'Own', writer: 'own' } },
      { edit: `${emulated}; ${wrongKey}`, command, params: { name: 'Key' } },
      { edit: unlisted, command, params: { name: 'Unlisted' } },
      { edit: unlisted, command, params: { name: 'Unlisted', writer: 'addon' } },
    ]);
  });
  after(async () => {
    await run.remove();
  });

  it('is taken where the add-on is enabled in the preferences, and only then', () => {
    const writers = run.outcomes.map((outcome) => outcome.result?.['writer'] ?? outcome.error?.code);
    const enabled = ['addon', 'addon', 'addon', 'vrm-addon-refused', 'own', 'shape-key-not-found'];
    assert.deepEqual(writers, [...enabled, 'own', 'vrm-addon-missing']);
  });

  it('fills bones, meta, expressions, look-at and first person for 1.0', async () => {
    const filled = (await read('One.vrm')).extensions.VRMC_vrm?.extras.filled;
    assert.ok(filled !== undefined);
    assert.deepEqual(filled.meta.authors, [{ value: 'The tests' }]);
    assert.equal(filled.meta['vrm_name'], 'One');
    const { human_bones: bones } = filled.humanoid;
    assert.equal(bones.left_upper_arm.node.bone_name, 'upper_arm.L');
    assert.equal(bones.right_foot.node.bone_name, 'foot.R');
    assert.equal(bones.chest.node.bone_name, '');
    assert.equal(bones['initial_automatic_bone_assignment'], false);
    assert.deepEqual(filled.expressions.preset['blink']?.morph_target_binds, [
      { node: { mesh_object_name: 'Face' }, index: 'blink', weight: 1 },
    ]);
    assert.equal(filled.expressions.custom[0]?.custom_name, 'blush');
    assert.equal(filled.expressions.custom[0].material_color_binds[0]?.['material'], 'Skin');
    assert.equal(filled.look_at['type'], 'bone');
    assert.deepEqual(filled.first_person, {
      mesh_annotations: [{ node: { mesh_object_name: 'Face' }, type: 'thirdPersonOnly' }],
    });
  });

  it('puts MToon and springs into its file without touching the scene', async () => {
    const { materials, extensions } = await read('One.vrm');
    assert.ok(
      materials.find(({ name }) => name === 'Skin')?.extensions?.['VRMC_materials_mtoon'] !== undefined,
    );
    assert.equal(extensions.VRMC_springBone?.springs[0]?.joints.length, 3);
    assert.ok(run.outcomes[0]?.untouched);
  });

  it('fills what 0.x can say, and says what it cannot', async () => {
    const filled = (await read('Zero.vrm')).extensions.VRM?.extras.filled;
    assert.ok(filled !== undefined);
    assert.equal(filled.meta['title'], 'Zero');
    assert.equal(filled.humanoid.human_bones.length, 18);
    const presets = filled.blend_shape_master.blend_shape_groups.map((group) => [
      group.name,
      group.preset_name,
    ]);
    assert.deepEqual(presets, [
      ['aa', 'a'],
      ['ih', 'i'],
      ['ou', 'u'],
      ['ee', 'e'],
      ['oh', 'o'],
      ['blink', 'blink'],
      ['happy', 'joy'],
      ['blush', 'unknown'],
    ]);
    assert.equal(filled.secondary_animation.bone_groups.length, 1);
    assert.match(String(run.outcomes[1]?.result?.['notes']), /MToon.*colliders/);
  });

  it('takes the add-on’s own data where there is no annotation', async () => {
    const filled = (await read('Panel.vrm')).extensions.VRMC_vrm?.extras.filled;
    assert.deepEqual(filled?.meta.authors, [{ value: 'The panel' }]);
    assert.equal(filled.humanoid.human_bones.left_upper_arm.node.bone_name, '');
  });

  it('tells why the add-on refused', () => {
    const error = run.outcomes[3]?.error;
    assert.match(error?.message ?? '', /The head is loose\./);
    assert.deepEqual(error?.['data'], { reasons: ['The head is loose.'] });
  });
});
