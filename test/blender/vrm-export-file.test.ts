import assert from 'node:assert/strict';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { readGlb } from '../../src/core/vrm/glb.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { khronosIssues } from './support/khronos.ts';
import { runInBlender } from './support/library.ts';
import type { Run } from './support/library.ts';

const index = z.int().min(0);
const vector = z.array(z.number());
const bind = z.object({ node: index, index: index, weight: z.number() });
const expression = z.looseObject({
  overrideBlink: z.string(),
  morphTargetBinds: z.array(bind).optional(),
  materialColorBinds: z.array(z.looseObject({ material: index, targetValue: vector })).optional(),
  textureTransformBinds: z.array(z.looseObject({ material: index, offset: vector })).optional(),
});
const textureInfo = z.looseObject({ index: index });
const vrm1 = z.looseObject({
  extensionsUsed: z.array(z.string()),
  scenes: z.array(z.object({ name: z.string(), nodes: z.array(index) })),
  nodes: z.array(
    z.looseObject({
      name: z.string(),
      children: z.array(index).optional(),
      mesh: index.optional(),
      skin: index.optional(),
      scale: vector.optional(),
      translation: vector.optional(),
    }),
  ),
  meshes: z.array(
    z.looseObject({
      primitives: z.array(
        z.looseObject({
          attributes: z.record(z.string(), index),
          targets: z.array(z.record(z.string(), index)).optional(),
        }),
      ),
      weights: vector.optional(),
      extras: z.object({ targetNames: z.array(z.string()) }).optional(),
    }),
  ),
  materials: z.array(
    z.looseObject({
      name: z.string(),
      alphaMode: z.string().optional(),
      pbrMetallicRoughness: z.looseObject({ baseColorFactor: vector }),
      extensions: z
        .looseObject({
          VRMC_materials_mtoon: z.looseObject({
            specVersion: z.literal('1.0'),
            shadeMultiplyTexture: textureInfo,
            outlineWidthMultiplyTexture: textureInfo,
          }),
          KHR_materials_unlit: z.object({}),
        })
        .optional(),
    }),
  ),
  textures: z.array(z.looseObject({ source: index })),
  images: z.array(z.looseObject({ name: z.string(), mimeType: z.string() })),
  accessors: z.array(z.looseObject({ sparse: z.looseObject({ count: z.int() }).optional() })),
  extensions: z.looseObject({
    VRMC_vrm: z.looseObject({
      specVersion: z.literal('1.0'),
      meta: z.looseObject({ thumbnailImage: index.optional() }),
      humanoid: z.object({ humanBones: z.record(z.string(), z.object({ node: index })) }),
      expressions: z.object({
        preset: z.record(z.string(), expression),
        custom: z.record(z.string(), expression),
      }),
      lookAt: z.looseObject({ offsetFromHeadBone: vector }),
      firstPerson: z.object({
        meshAnnotations: z.array(z.object({ node: index, type: z.string() })),
      }),
    }),
    VRMC_springBone: z.looseObject({
      specVersion: z.literal('1.0'),
      colliders: z.array(z.looseObject({ node: index, shape: z.record(z.string(), z.unknown()) })),
      colliderGroups: z.array(z.looseObject({ name: z.string(), colliders: z.array(index) })),
      springs: z.array(
        z.looseObject({
          joints: z.array(z.looseObject({ node: index, gravityDir: vector.optional() })),
          colliderGroups: z.array(index),
          center: index,
        }),
      ),
    }),
  }),
});
type Vrm1 = z.infer<typeof vrm1>;

const nodeNamed = (file: Vrm1, name: string): number => {
  const found = file.nodes.findIndex((node) => node.name === name);
  assert.notEqual(found, -1, `no node ${name}`);
  return found;
};

describe('vrm_export: the file', function () {
  this.timeout(200_000);
  let run: Run;
  let bytes: Uint8Array;
  let file: Vrm1;

  before(async () => {
    const command = { command: 'vrm_export', params: { name: 'Figure', writer: 'own' } };
    run = await runInBlender([
      command,
      { ...command, params: { name: 'Again', writer: 'own', meta: { name: 'Figure' } } },
    ]);
    assert.deepEqual(run.outcomes[0]?.error, undefined);
    bytes = await run.read('exports', 'Figure.vrm');
    file = vrm1.parse(readGlb(bytes).json);
  });
  after(async () => {
    await run.remove();
  });

  it('passes Khronos’ validator without an error', async () => {
    const issues = await khronosIssues(bytes);
    assert.deepEqual(issues.errors, []);
    assert.deepEqual(issues.warnings, []);
  });

  it('passes our own check, each viseme, blink and happy moving vertices', () => {
    const report = checkVrm(bytes, { profile: PROFILES.app });
    const wrong = report.findings.filter((finding) => finding.severity !== 'info');
    assert.deepEqual(
      wrong.map((finding) => finding.code),
      ['licence-no-redistribution'], // which nobody gave
    );
    const { facts } = report;
    assert.ok(facts !== null);
    assert.equal(facts.bones.length, 18);
    assert.equal(facts.triangles, run.outcomes[0]?.result?.['triangles']);
  });

  it('tells name, size and sha256 of what lies in exports/ and projects/', () => {
    const result = run.outcomes[0]?.result;
    assert.deepEqual(Object.keys(z.looseObject({}).parse(result?.['file'])), [
      'root',
      'name',
      'size',
      'sha256',
    ]);
    assert.equal(z.object({ size: z.int() }).loose().parse(result?.['file']).size, bytes.length);
    const project = z.object({ name: z.string(), size: z.int() }).loose().parse(result?.['project']);
    assert.equal(project.name, 'Figure.blend');
    assert.ok(project.size > 50_000);
  });

  it('is the same bytes for the same scene', async () => {
    const again = await run.read('exports', 'Again.vrm');
    assert.ok(Buffer.from(bytes).equals(again));
  });

  it('leaves the scene as it was', () => {
    assert.deepEqual(
      run.outcomes.map((outcome) => outcome.untouched),
      [true, true],
    );
  });

  it('lists each extension it uses, and no other', () => {
    assert.deepEqual(file.extensionsUsed, [
      'KHR_materials_unlit',
      'KHR_texture_transform',
      'VRMC_materials_mtoon',
      'VRMC_springBone',
      'VRMC_vrm',
    ]);
  });

  it('points each humanoid bone at its node', () => {
    const bones = file.extensions.VRMC_vrm.humanoid.humanBones;
    assert.equal(bones['leftUpperArm']?.node, nodeNamed(file, 'upper_arm.L'));
    assert.equal(bones['rightFoot']?.node, nodeNamed(file, 'foot.R'));
    assert.equal(bones['head']?.node, nodeNamed(file, 'head'));
    assert.ok(file.nodes.every((node) => node.scale === undefined));
  });

  it('faces +Z: the eyes lie in front of the head and the left arm at +X', () => {
    const [, up = 0, front = 0] = file.extensions.VRMC_vrm.lookAt.offsetFromHeadBone;
    assert.ok(Math.abs(up - 0.1) < 1e-5 && Math.abs(front - 0.08) < 1e-5, `${up} ${front}`);
    const [x = 0] = file.nodes[nodeNamed(file, 'upper_arm.L')]?.translation ?? [];
    assert.ok(x > 0.1);
  });

  it('binds expressions to node and morph target by name', () => {
    const face = nodeNamed(file, 'Face');
    const names = file.meshes[file.nodes[face]?.mesh ?? -1]?.extras?.targetNames ?? [];
    const { preset, custom } = file.extensions.VRMC_vrm.expressions;
    for (const name of ['aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'happy']) {
      assert.deepEqual(preset[name]?.morphTargetBinds, [
        { node: face, index: names.indexOf(name), weight: 1 },
      ]);
    }
    assert.equal(preset['happy']?.overrideBlink, 'block');
    const blush = custom['blush'];
    assert.equal(file.materials[blush?.materialColorBinds?.[0]?.material ?? -1]?.name, 'Skin');
    assert.deepEqual(blush?.textureTransformBinds?.[0]?.offset, [0.5, 0]);
  });

  it('starts every key of an expression at 0, and says so', () => {
    const mesh = file.meshes[file.nodes[nodeNamed(file, 'Face')]?.mesh ?? -1];
    assert.deepEqual(mesh?.weights, [0, 0, 0, 0, 0, 0, 0]);
    assert.match(String(run.outcomes[0]?.result?.['notes']), /Face: happy/);
  });

  it('stores morph targets sparsely', () => {
    const targets = file.meshes.flatMap((mesh) => mesh.primitives.flatMap((part) => part.targets ?? []));
    assert.equal(targets.length, 7);
    for (const target of targets) {
      assert.deepEqual(Object.keys(target), ['POSITION']);
      assert.equal(file.accessors[target['POSITION'] ?? -1]?.sparse?.count, 3); // one corner of a flat box
    }
  });

  it('puts skinned meshes at the root and keeps the hat on the head', () => {
    const [scene] = file.scenes;
    assert.equal(scene?.name, 'Figure');
    for (const name of ['Body', 'Face']) assert.ok(scene.nodes.includes(nodeNamed(file, name)));
    assert.ok(file.nodes[nodeNamed(file, 'head')]?.children?.includes(nodeNamed(file, 'Hat')));
  });

  it('writes MToon with its textures, and glTF’s own members beside it', () => {
    const skin = file.materials.find((material) => material.name === 'Skin');
    const mtoon = skin?.extensions?.VRMC_materials_mtoon;
    const imageOf = (texture: { index: number } | undefined): string | undefined =>
      file.images[file.textures[texture?.index ?? -1]?.source ?? -1]?.name;
    assert.equal(imageOf(mtoon?.shadeMultiplyTexture), 'Shade');
    assert.equal(imageOf(mtoon?.outlineWidthMultiplyTexture), 'Mask');
    assert.deepEqual(mtoon?.outlineWidthMultiplyTexture['extensions'], {
      KHR_texture_transform: { offset: [0.25, 0], scale: [2, 2] },
    });
    assert.equal(mtoon['outlineWidthMode'], 'worldCoordinates');
    assert.equal(skin?.alphaMode, 'MASK');
    const [red = 0, , blue = 0] = skin.pbrMetallicRoughness.baseColorFactor;
    assert.ok(Math.abs(red - 0.98225) < 1e-4 && Math.abs(blue - 0.6514) < 1e-4); // #fde3d3, linear
    assert.equal(file.materials.find((material) => material.name === 'Cloth')?.extensions, undefined);
  });

  it('orders a spring from its root and ends it past the last bone', () => {
    const { springs, colliderGroups, colliders } = file.extensions.VRMC_springBone;
    const [spring] = springs;
    assert.deepEqual(
      spring?.joints.map((joint) => file.nodes[joint.node]?.name),
      ['hair.1', 'hair.2', 'hair.2_end'],
    );
    assert.deepEqual(spring.joints[0]?.gravityDir, [0, -1, 0]);
    assert.equal(spring.center, nodeNamed(file, 'hips'));
    assert.deepEqual(colliderGroups, [{ name: 'Head', colliders: [0, 1] }]);
    assert.deepEqual(
      colliders.map((collider) => Object.keys(collider.shape)),
      [['sphere'], ['capsule']],
    );
  });

  it('annotates every mesh for the first person', () => {
    const types = new Map(
      file.extensions.VRMC_vrm.firstPerson.meshAnnotations.map((one) => [
        file.nodes[one.node]?.name,
        one.type,
      ]),
    );
    assert.deepEqual([...types].sort(), [
      ['Body', 'auto'],
      ['Face', 'thirdPersonOnly'],
      ['Hat', 'auto'],
    ]);
  });

  it('spells out every permission, and carries a square thumbnail', () => {
    const { meta } = file.extensions.VRMC_vrm;
    assert.equal(meta['licenseUrl'], 'https://vrm.dev/licenses/1.0/');
    assert.deepEqual(meta['authors'], ['The tests']);
    for (const name of ['avatarPermission', 'commercialUsage', 'modification', 'allowRedistribution']) {
      assert.notEqual(meta[name], undefined);
    }
    const { facts } = checkVrm(bytes);
    assert.deepEqual(
      [facts?.thumbnail?.mime, facts?.thumbnail?.width, facts?.thumbnail?.height],
      ['image/png', 512, 512],
    );
  });
});
