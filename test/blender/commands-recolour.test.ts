import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { z } from 'zod';
import { readGlb } from '../../src/core/vrm/glb.ts';
import { indexIn, listIn, numbersIn, numberIn, objectIn, textIn } from '../../src/core/vrm/json.ts';
import { changed, clear, picture, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

type Rgb = readonly [number, number, number];
const rgb = z.tuple([z.number(), z.number(), z.number()]);
const COPPER = '#c8452a';

/** Python: texels (n, 4) of the picture that a material shows, 0…1. */
const READING = `
import json, zlib
import numpy as np
def shown(name):
    nodes = D.materials[name].node_tree.nodes
    return next(n.image for n in nodes if n.type == "TEX_IMAGE" and n.outputs[0].is_linked)
def texels(image):
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(-1, 4)
def mean(name): return (texels(shown(name))[:, :3].mean(axis=0) * 255).tolist()
`;
/** A ball of two materials whose one picture is a red upper half, and a lower one of greens with a gold stripe, half transparent. */
const TWO_HALVES = `
bpy.ops.mesh.primitive_uv_sphere_add()
ball = C.object
ball.name = "Ball"
image = D.images.new("Atlas", 32, 64, alpha=True)
pixels = np.ones((64, 32, 4), np.float32)
pixels[32:, :, :3] = 0.8, 0.1, 0.1
pixels[:32, :, :3] = np.array([0.2, 0.6, 0.3]) * np.linspace(0.5, 1.2, 32)[:, None, None]
pixels[4:8, :, :3] = 0.9, 0.7, 0.1
pixels[:32, 16:, 3] = 0.4
image.pixels.foreach_set(pixels.ravel())
image.pack()
for name in ("Upper", "Lower"):
    m = D.materials.new(name)
    m.use_nodes = True
    texture = m.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image = image
    m.node_tree.links.new(texture.outputs[0], m.node_tree.nodes["Principled BSDF"].inputs[0])
    ball.data.materials.append(m)
for polygon in ball.data.polygons: polygon.material_index = int(polygon.center.z < 0)
`;

describe('recolouring what is painted', function () {
  this.timeout(120_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
  });
  after(() => test.end());
  beforeEach(() => clear(test.blender));

  const ask = (code: string): Promise<unknown> => python(test.blender, READING + code);
  const figure = (): Promise<unknown> => test.blender.call('avatar_scaffold', { name: 'Companion' });
  const dye = async (base_color: string, object = 'Hair', slot = 0): Promise<z.infer<typeof changed>> =>
    changed.parse(await test.blender.call('set_material', { objects: [object], slot, base_color }));

  /** Of the middle of the hair from behind, everything else hidden. */
  const seen = async (): Promise<{ mean: Rgb; spread: number }> => {
    await ask(`for obj in D.objects: obj.hide_viewport = obj.hide_render = obj.name != "Hair"`);
    const { at } = await picture(test.blender, { view: 'back', max_size: 400 });
    const found: Rgb[] = [];
    for (let y = 0.2; y < 0.7; y += 0.01) for (let x = 0.45; x < 0.55; x += 0.01) found.push(at(x, y));
    const light = found.map(([r, g, b]) => 0.3 * r + 0.6 * g + 0.1 * b);
    const middle = light.reduce((sum, one) => sum + one, 0) / light.length;
    const part = (i: 0 | 1 | 2): number => found.reduce((sum, one) => sum + one[i], 0) / found.length;
    const spread = Math.sqrt(light.reduce((sum, one) => sum + (one - middle) ** 2, 0) / light.length);
    return { mean: [part(0), part(1), part(2)], spread };
  };

  for (const wish of [COPPER, '#e8c878', '#1a1a1c', '#ffffff']) {
    it(`makes blue hair ${wish}, and keeps its strands and highlights`, async () => {
      await figure();
      const before = await ask('result = texels(shown("Hair"))[:, :3].mean(axis=1)[::9001].tolist()');
      const { diff } = await dye(wish);
      const fields = diff.materials.changed.find(({ name }) => name === 'Hair')?.fields;
      assert.deepEqual(fields?.['base_color'], ['#4a86e0', wish]);
      const after = await ask('result = texels(shown("Hair"))[:, :3].mean(axis=1)[::9001].tolist()');
      const alike = correlation(z.array(z.number()).parse(before), z.array(z.number()).parse(after));
      assert.ok(alike > 0.8, `light and dark lie as before by ${alike}`);
      const { mean, spread } = await seen();
      assert.ok(farthest(mean, hex(wish)) < 60, `${wish} came out as ${mean.map(Math.round).join(' ')}`);
      assert.ok(spread > 4, `light and dark differ by ${spread}`);
    });
  }

  it('starts from the first painting each time: nothing drifts, nothing piles up', async () => {
    await figure();
    const texels = `result = [zlib.crc32(texels(shown("Hair"))), sorted(i.name for i in D.images if "Hair" in i.name)]`;
    await dye(COPPER);
    const once = await ask(texels);
    for (const wish of ['#101010', '#2040ff', COPPER]) await dye(wish);
    assert.deepEqual(await ask(texels), once);
    assert.deepEqual(z.tuple([z.unknown(), z.array(z.string())]).parse(once)[1], [
      'Hair',
      `Hair ${COPPER}`,
      'Hair outline',
    ]);
  });

  it('keeps what somebody painted on it since', async () => {
    await figure();
    await dye(COPPER);
    await ask(`image = shown("Hair")
pixels = texels(image)
pixels[: len(pixels) // 4, :3] = 0.1, 0.9, 0.1
image.pixels.foreach_set(pixels.ravel())
image.update()`);
    await dye('#303030');
    const patch = rgb.parse(await ask('result = texels(shown("Hair"))[0, :3].tolist()'));
    assert.ok(patch[1] > 0.8 && patch[0] < 0.2, `the green is ${patch.join(' ')}`);
  });

  it('paints a picture of its own: other materials, other colours and alpha stay', async () => {
    await ask(TWO_HALVES);
    await dye('#3050c0', 'Ball', 1);
    const facts = z
      .object({ upper: z.string(), lower: rgb, stripe: rgb, alpha: z.boolean(), kept: z.boolean() })
      .parse(
        await ask(`
lower, atlas = texels(shown("Lower")), texels(D.images["Atlas"])
result = {"upper": shown("Upper").name, "lower": lower[20 * 32, :3].tolist(), "stripe": lower[6 * 32, :3].tolist(),
  "alpha": bool(np.abs(lower[:, 3] - atlas[:, 3]).max() < 0.01), "kept": shown("Lower").packed_file is not None}`),
      );
    assert.deepEqual([facts.upper, facts.alpha, facts.kept], ['Atlas', true, true]);
    assert.ok(farthest(facts.lower, [0.19, 0.31, 0.75]) < 0.15, `lower ${facts.lower.join(' ')}`);
    assert.ok(farthest(facts.stripe, [0.9, 0.7, 0.1]) < 0.12, `stripe ${facts.stripe.join(' ')}`);
  });

  it('takes shade along, and a shade that is wished for is the one that is seen', async () => {
    await figure();
    await dye(COPPER);
    const annotation = `result = json.loads(D.materials["Hair"]["avatar_forge_mtoon"])`;
    const after = objectIn(await ask(annotation));
    assert.deepEqual(after['shadeMultiplyTexture'], { image: `Hair ${COPPER}` });
    assert.deepEqual(numbersIn(after['baseColor']), [1, 1, 1, 1]);
    await test.blender.call('set_material', { objects: ['Hair'], shade_color: [0.29, 0.03, 0.01] });
    const factor = numbersIn(objectIn(await ask(annotation))['shadeColorFactor']) ?? [];
    assert.ok(Math.abs((factor[0] ?? 0) - 0.29 / 0.578) < 0.01, `factor ${factor.join(' ')}`);
  });

  it('leaves greys that were painted to be multiplied to the factor', async () => {
    await figure();
    const { diff } = changed.parse(
      await test.blender.call('set_material', { objects: ['Armor'], preset: 'metal', base_color: '#e8b030' }),
    );
    const fields = diff.materials.changed[0]?.fields ?? {};
    assert.deepEqual([fields['base_color'], fields['image']], [['#c3cede', '#e8b030'], undefined]);
  });

  it('makes of an imported factor white, and exports the new picture', async () => {
    await figure();
    await test.blender.call('vrm_export', { name: 'Blue.vrm', writer: 'own' });
    await clear(test.blender);
    await test.blender.call('create_object', { objects: [{ kind: 'vrm', name: 'Blue.vrm' }] });
    await ask(`m = D.materials["Hair"]
annotation = json.loads(m["avatar_forge_mtoon"])
annotation["baseColor"] = [0.5, 0.5, 0.5, 0.75]
m["avatar_forge_mtoon"] = json.dumps(annotation)`);
    await dye(COPPER);
    await test.blender.call('vrm_export', { name: 'Copper.vrm', writer: 'own' });
    const { factor, mean } = hairOf(new Uint8Array(await readFile(join(test.home, 'exports', 'Copper.vrm'))));
    assert.deepEqual(factor, [1, 1, 1, 0.75]);
    const [r, g, b] = mean;
    assert.ok(r > 120 && r > 1.8 * g && r > 1.8 * b, `${r} ${g} ${b}`);
  });
});

/** The material Hair of a GLB: its factor, and the mean of its texture. */
function hairOf(bytes: Uint8Array): { factor: readonly number[]; mean: Rgb } {
  const { json, bin } = readGlb(bytes);
  assert.ok(bin);
  const part = (list: string, index: unknown): Readonly<Record<string, unknown>> =>
    objectIn(listIn(objectIn(json)[list])[indexIn(index) ?? -1]);
  const material = listIn(objectIn(json)['materials'])
    .map(objectIn)
    .find((one) => textIn(one['name']) === 'Hair');
  const surface = objectIn(material?.['pbrMetallicRoughness']);
  const texture = part('textures', objectIn(surface['baseColorTexture'])['index']);
  const view = part('bufferViews', part('images', texture['source'])['bufferView']);
  const start = numberIn(view['byteOffset']) ?? 0;
  const { data } = PNG.sync.read(Buffer.from(bin.slice(start, start + (numberIn(view['byteLength']) ?? 0))));
  const sums: [number, number, number] = [0, 0, 0];
  for (const [i, value] of data.entries()) if (i % 4 < 3) sums[(i % 4) as 0 | 1 | 2] += value;
  const [r, g, b] = sums.map((sum) => sum / (data.length / 4));
  return { factor: numbersIn(surface['baseColorFactor']) ?? [], mean: [r ?? 0, g ?? 0, b ?? 0] };
}

function hex(colour: string): Rgb {
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

function farthest(a: Rgb, b: Rgb): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const middle = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [ma, mb] = [middle(a), middle(b)];
  const sum = (of: (x: number, y: number) => number): number =>
    a.reduce((total, one, i) => total + of(one - ma, (b[i] ?? 0) - mb), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}
