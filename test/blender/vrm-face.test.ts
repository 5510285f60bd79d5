import assert from 'node:assert/strict';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { bare, faces, type Faces, rename, visemes } from './support/faces.ts';
import type { Case, Outcome } from './support/library.ts';

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

/** A ball for a head on a rig of VRoid's, whose eyes are drawn: a wide lash, and under half of it a high iris. */
const drawn = `import avatar_forge.commands as c, foreign_rigs, math
rig, _ = foreign_rigs.build("vroid")
c.run("vrm_rig", {}, context)
bpy.data.objects.remove(bpy.data.objects["Body"])
bpy.ops.mesh.primitive_uv_sphere_add(segments=48, ring_count=32, radius=0.11, location=(0, 0, 1.66))
face = bpy.context.object; face.name = "Face"
bpy.ops.object.transform_apply(location=True)
points, faces = [tuple(v.co) for v in face.data.vertices], [tuple(p.vertices) for p in face.data.polygons]
for side in (1, -1):
    for x, z, wide, high in ((0.033, 1.641, 0.022, 0.011), (0.033, 1.633, 0.012, 0.024)):
        ring = [(side * x + wide * math.cos(a), -0.1, z + high * math.sin(a)) for a in [i * math.pi / 10 for i in range(20)]]
        faces.append(tuple(range(len(points), len(points) + 20))); points += ring
mesh = bpy.data.meshes.new("Face"); mesh.from_pydata(points, [], faces); face.data = mesh
face.vertex_groups.new(name="J_Bip_C_Head").add(range(len(points)), 1.0, "REPLACE")
face.modifiers.new("Armature", "ARMATURE").object = rig; face.parent = rig
c.run("vrm_face", {}, context)`;
/** How high the left iris is at rest and in a blink. */
const irisHeights = `
keys = bpy.data.objects["Face"].data.shape_keys.key_blocks
high = lambda key: max(p.co.z for p in key.data[-60:-40]) - min(p.co.z for p in key.data[-60:-40])
result = [high(keys[0]), high(keys["blinkLeft"])]`;

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
  drawn: { edit: drawn, command: 'execute_blender_code', params: { code: irisHeights } },
  mouth: { edit: bare, command: 'vrm_face', params: { dry_run: true, mouth: { width: 0.09 } } },
  eye: { edit: bare, command: 'vrm_face', params: { dry_run: true, eye: { height: 0.02 } } },
  noEye: { edit: bare, command: 'vrm_face', params: { eye: { center: [0.03, -0.1, 3] } } },
  coarse: { edit: rename({ aa: 'x', blink: 'y' }), command: 'vrm_face', params: {} },
} satisfies Record<string, Case>;
type Name = keyof typeof CASES;

const side = z.object({
  left: z.number(),
  right: z.number(),
  down: z.number(),
  mouth: z.number(),
  lips: z.number(),
  eyes: z.number(),
  finite: z.boolean(),
});
describe('vrm_face', function () {
  this.timeout(200_000);
  let made: Faces<Name>;

  before(async () => {
    made = await faces(CASES);
  });
  after(() => made.remove());

  const outcome = (name: Name): Outcome => made.outcome(name);
  const result = (name: Name): ReturnType<typeof made.result> => made.result(name);

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

  it('closes drawn eyes whose lash and iris are pieces of their own', () => {
    const { result: heights } = z
      .object({ result: z.tuple([z.number(), z.number()]) })
      .parse(outcome('drawn').result);
    const [open, shut] = heights;
    assert.ok(open > 0.04 && shut < open * 0.2, `${String(open)} m, ${String(shut)} m`);
  });

  it('makes what the companion app asks for', async () => {
    const bytes = await made.read('exports', 'Made.vrm');
    const { findings } = checkVrm(bytes, { profile: PROFILES.app });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      [],
    );
  });

  it('takes a person’s word for where mouth and eye are', () => {
    const [plain, wide, low] = [result('dry').made_mm, result('mouth').made_mm, result('eye').made_mm];
    assert.ok((wide['aa'] ?? 0) > (plain['aa'] ?? 0) * 1.3, 'a wider mouth opens farther');
    assert.equal(wide['blinkLeft'], plain['blinkLeft']);
    assert.notEqual(low['blinkLeft'], plain['blinkLeft']);
    assert.equal(low['aa'], plain['aa']);
  });

  it('says what is wrong, and changes nothing', () => {
    for (const [name, code, message] of [
      ['noEye', 'face-too-coarse', /'blinkLeft' only 0 vertices.*eye/s],
      ['coarse', 'no-face', /enough vertices.*vrm_rig/s],
    ] as const) {
      assert.equal(outcome(name).error?.code, code);
      assert.match(outcome(name).error?.message ?? '', message);
      assert.ok(outcome(name).untouched, name);
    }
  });
});
