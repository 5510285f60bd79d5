import assert from 'node:assert/strict';
import { z } from 'zod';
import { clear, diff, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const done = z.object({
  material: z.string(),
  assigned: z.array(z.object({ object: z.string(), slot: z.number() })),
  diff,
});
const annotation = z.looseObject({
  baseColor: z.array(z.number()),
  shadeColorFactor: z.array(z.number()),
  outlineWidthFactor: z.number(),
  matcapTexture: z.object({ image: z.string() }).optional(),
  alphaMode: z.string(),
  doubleSided: z.boolean(),
});

describe('set_material', function () {
  this.timeout(60_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
  });
  after(() => test.end());
  beforeEach(async () => {
    await clear(test.blender);
    const objects = [
      { kind: 'sphere', name: 'A' },
      { kind: 'sphere', name: 'B' },
      { kind: 'light', name: 'Lamp' },
    ];
    await test.blender.call('create_object', { objects });
  });

  const set = async (params: Readonly<Record<string, unknown>>): Promise<z.infer<typeof done>> =>
    done.parse(await test.blender.call('set_material', params));
  const mtoon = async (name: string): Promise<z.infer<typeof annotation>> => {
    const text = await python(
      test.blender,
      `result = D.materials[${JSON.stringify(name)}]["avatar_forge_mtoon"]`,
    );
    return annotation.parse(JSON.parse(z.string().parse(text)));
  };

  it('makes metallic gold: colour, metal in Blender, and a packed matcap of its colour in MToon', async () => {
    const { material, assigned } = await set({
      objects: ['A', 'B'],
      name: 'Gold',
      preset: 'metal',
      base_color: '#d4af37',
    });
    assert.deepEqual(
      [material, assigned],
      [
        'Gold',
        [
          { object: 'A', slot: 0 },
          { object: 'B', slot: 0 },
        ],
      ],
    );
    const { baseColor, shadeColorFactor, matcapTexture } = await mtoon('Gold');
    assert.deepEqual(
      baseColor.map((channel) => Number(channel.toFixed(3))),
      [0.658, 0.429, 0.038, 1],
    );
    assert.ok((shadeColorFactor[0] ?? 1) < 0.3);
    assert.equal(matcapTexture?.image, 'Metal matcap');
    const facts = await python(
      test.blender,
      `node = next(n for n in D.materials["Gold"].node_tree.nodes if n.type == "BSDF_PRINCIPLED")
image = D.images["Metal matcap"]
result = [node.inputs["Metallic"].default_value, image.packed_file is not None, image.users]`,
    );
    assert.deepEqual(facts, [1, true, 1]);
  });

  it('takes its matcap along to another file, where a picture of that name may be', async () => {
    await set({ objects: ['A'], name: 'Gold', preset: 'metal' });
    const sizes = await python(
      test.blender,
      `import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "gold.blend")
    D.libraries.write(path, {D.objects["A"]})
    D.batch_remove([D.objects["A"], D.materials["Gold"], D.images["Metal matcap"]])
    D.images.new("Metal matcap", 4, 4).use_fake_user = True
    with D.libraries.load(path) as (_, wanted): wanted.objects = ["A"]
    C.scene.collection.objects.link(wanted.objects[0])
    D.orphans_purge()
    result = {image.name: image.size[0] for image in D.images}`,
    );
    assert.deepEqual(sizes, { 'Metal matcap': 4, 'Metal matcap.001': 128 });
    await set({ objects: ['A'], roughness: 0.2 });
    assert.equal((await mtoon('Gold')).matcapTexture?.image, 'Metal matcap.001');
    await set({ objects: ['A'], shader: 'principled' });
    const rest = 'D.orphans_purge(); result = [*D.images.keys(), *D.materials["Gold"].keys()]';
    assert.deepEqual(await python(test.blender, rest), ['Metal matcap']);
  });

  it('has every preset in both shaders', async () => {
    for (const preset of ['skin', 'hair', 'cloth', 'metal', 'eye', 'plain']) {
      const { material } = await set({ objects: ['A'], name: `M ${preset}`, preset });
      assert.ok((await mtoon(material)).baseColor.length === 4);
      await set({ objects: ['A'], name: `P ${preset}`, preset, shader: 'principled' });
      const annotated = `result = "avatar_forge_mtoon" in D.materials["P ${preset}"]`;
      assert.equal(await python(test.blender, annotated), false);
    }
  });

  it('changes only what is mentioned', async () => {
    await set({ objects: ['A'], name: 'Skin', preset: 'skin', outline_mm: 2.5, double_sided: false });
    const before = await mtoon('Skin');
    assert.deepEqual([before.outlineWidthFactor, before.doubleSided], [0.0025, false]);
    await set({ objects: ['A'], roughness: 0.9, alpha_mode: 'mask' });
    assert.deepEqual(await mtoon('Skin'), { ...before, alphaMode: 'MASK' });
    await set({ objects: ['A'], base_color: [1, 0, 0] });
    const after = await mtoon('Skin');
    assert.deepEqual(after.baseColor, [1, 0, 0, 1]);
    assert.deepEqual(after.outlineWidthFactor, 0.0025);
  });

  it('leaves what others use alone, by a copy', async () => {
    await set({ objects: ['A', 'B'], name: 'Shared', base_color: '#00ff00' });
    const { material, diff: found } = await set({ objects: ['A'], base_color: '#0000ff' });
    assert.equal(material, 'Shared.001');
    assert.deepEqual(found.materials.added, ['Shared.001']);
    assert.deepEqual((await mtoon('Shared')).baseColor, [0, 1, 0, 1]);
  });

  it('multiplies a colour into what nodes make up, which is no painting', async () => {
    await python(
      test.blender,
      `m = D.materials.new("Hair"); m.use_nodes = True; nodes = m.node_tree.nodes
shader = next(n for n in nodes if n.type == "BSDF_PRINCIPLED"); texture = nodes.new("ShaderNodeTexNoise")
m.node_tree.links.new(texture.outputs[0], shader.inputs["Base Color"])
D.objects["A"].data.materials.append(m)`,
    );
    for (let i = 0; i < 2; i++) await set({ objects: ['A'], preset: 'hair', base_color: '#ff8080' });
    const links = `m = D.materials["Hair"]
result = [len([n for n in m.node_tree.nodes if n.type == "TEX_NOISE"]), len([n for n in m.node_tree.nodes if n.type == "MIX"])]`;
    assert.deepEqual(await python(test.blender, links), [1, 1]);
    assert.deepEqual((await mtoon('Hair')).baseColor[0], 1);
  });

  it('leaves an unlit material unlit for another colour, and takes its picture along where it is to be lit', async () => {
    await python(
      test.blender,
      `image = D.images.new("Sign", 8, 8); image.pixels.foreach_set([0.8, 0.1, 0.1, 1] * 64); image.pack()
m = D.materials.new("Sign"); m.use_nodes = True; nodes = m.node_tree.nodes; nodes.remove(nodes["Principled BSDF"])
texture, shown = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeEmission"); texture.image = image
m.node_tree.links.new(texture.outputs[0], shown.inputs["Color"])
m.node_tree.links.new(shown.outputs[0], nodes["Material Output"].inputs["Surface"])
D.objects["A"].data.materials.append(m)`,
    );
    const look = `nodes = D.materials["Sign"].node_tree.nodes
surface = nodes["Material Output"].inputs["Surface"].links[0].from_node
colour = surface.inputs["Color" if surface.type == "EMISSION" else "Base Color"]
result = [surface.type, colour.links[0].from_node.image.name]`;
    await set({ objects: ['A'], base_color: '#2040ff' });
    assert.deepEqual(await python(test.blender, look), ['EMISSION', 'Sign #2040ff']);
    await set({ objects: ['A'], shader: 'principled', roughness: 0.3 });
    assert.deepEqual(await python(test.blender, look), ['BSDF_PRINCIPLED', 'Sign #2040ff']);
  });

  it('fills a slot by index or by name, and asks which where there are several', async () => {
    await set({ objects: ['A'], name: 'One' });
    await set({ objects: ['A'], slot: 1, name: 'Two' });
    await set({ objects: ['A'], slot: 'Two', name: 'Three' });
    const slots = 'result = [s.material.name for s in D.objects["A"].material_slots]';
    assert.deepEqual(await python(test.blender, slots), ['One', 'Three']);
    await assert.rejects(set({ objects: ['A'], preset: 'skin' }), /has several. Name one of: 0 One, 1 Three/);
    await assert.rejects(set({ objects: ['A'], slot: 9 }), { code: 'bad-params' });
    await assert.rejects(set({ objects: ['A'], slot: 'Two' }), { code: 'not-found' });
  });

  it('refuses what cannot be, and changes nothing', async () => {
    for (const params of [
      { objects: ['Lamp'] },
      { objects: [] },
      { objects: ['A'], preset: 'wood' },
      { objects: ['A'], base_color: 'blue' },
      { objects: ['A'], metallic: 2 },
      { objects: ['A'], outline: 1 },
    ]) {
      await assert.rejects(set(params), { code: 'bad-params' });
    }
    await assert.rejects(set({ objects: ['A', 'None'], preset: 'skin' }), { code: 'not-found' });
    assert.equal(await python(test.blender, 'result = len(D.materials)'), 0);
  });
});
