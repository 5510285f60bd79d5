import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { hyper3dEmulator, type Hyper3dEmulator } from '../emulators/hyper3d.ts';
import { polyHavenEmulator, type PolyHavenEmulator } from '../emulators/polyHaven.ts';
import { generatedGlb } from '../support/assets/models.ts';
import { outsideFor } from '../support/assets/outside.ts';
import { mcpPair } from '../support/mcpPair.ts';
import { clear, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const source = z.looseObject({
  service: z.string(),
  id: z.string(),
  licence: z.string(),
  authors: z.array(z.string()),
});
/** Nodes by label or type, and links as `from.socket > to.socket`. */
const graph = `
def graph(tree):
    name = lambda n: n.label or n.type
    return {"links": sorted(f"{name(l.from_node)}.{l.from_socket.name} > {name(l.to_node)}.{l.to_socket.name}" for l in tree.links),
            "images": {name(n): [n.image.colorspace_settings.name, n.image.packed_file is not None, list(n.image.size)]
                       for n in tree.nodes if getattr(n, "image", None)}}
`;

describe('assets in real Blender', function () {
  this.timeout(120_000);
  let test: TestWorkstation;
  let polyHaven: PolyHavenEmulator;
  let hyper3d: Hyper3dEmulator;
  let pair: Awaited<ReturnType<typeof mcpPair>>;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
    polyHaven = await polyHavenEmulator();
    hyper3d = await hyper3dEmulator('key');
    hyper3d.model = generatedGlb();
    pair = await mcpPair({
      blender: test.blender,
      jobAfterMs: 60_000,
      outside: outsideFor(
        { polyHaven: polyHaven.url, hyper3d: hyper3d.url, keys: { hyper3d: 'key', fal: null } },
        { everyMs: 5 },
      ),
    });
  });
  after(async () => {
    await pair.close();
    polyHaven.close();
    hyper3d.close();
    await test.end();
  });
  beforeEach(() => clear(test.blender));

  const tool = async (name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const result = (await pair.client.callTool({ name, arguments: args })) as CallToolResult;
    const [first] = result.content;
    assert.equal(result.isError, undefined, first?.type === 'text' ? first.text : '');
    return result.structuredContent ?? {};
  };
  const get = (id: string): Promise<Record<string, unknown>> =>
    tool('poly_haven_download', { action: 'import', id });
  const sourceOf = async (block: string): Promise<z.infer<typeof source>> =>
    source.parse(
      JSON.parse(z.string().parse(await python(test.blender, `result = ${block}["avatar_forge_source"]`))),
    );
  const leftBehind = async (): Promise<string[]> =>
    (await readdir(join(test.home, 'uploads'))).filter((name) => name.startsWith('asset-'));

  it('makes a texture a material: each map where it belongs, in its colour space, in the file', async () => {
    const { material, maps } = await get('old_bricks');
    assert.equal(material, 'old_bricks');
    assert.deepEqual(maps, ['base_color', 'normal', 'roughness', 'metallic', 'ao', 'displacement']);
    assert.deepEqual(
      await python(test.blender, `${graph}\nresult = graph(D.materials["old_bricks"].node_tree)`),
      {
        links: [
          'BSDF_PRINCIPLED.BSDF > OUTPUT_MATERIAL.Surface',
          'DISPLACEMENT.Displacement > OUTPUT_MATERIAL.Displacement',
          ...['ao', 'base_color', 'displacement', 'metallic', 'normal', 'roughness'].map(
            (map) => `MAPPING.Vector > ${map}.Vector`,
          ),
          'NORMAL_MAP.Normal > BSDF_PRINCIPLED.Normal',
          'TEX_COORD.UV > MAPPING.Vector',
          'ao.Color > GROUP.Occlusion',
          'base_color.Color > BSDF_PRINCIPLED.Base Color',
          'displacement.Color > DISPLACEMENT.Height',
          'metallic.Color > BSDF_PRINCIPLED.Metallic',
          'normal.Color > NORMAL_MAP.Color',
          'roughness.Color > BSDF_PRINCIPLED.Roughness',
        ].sort(),
        images: Object.fromEntries(
          ['base_color', 'normal', 'roughness', 'metallic', 'ao', 'displacement'].map((map) => [
            map,
            [map === 'base_color' ? 'sRGB' : 'Non-Color', true, [8, 8]],
          ]),
        ),
      },
    );
    // The normals are those of OpenGL: green is 128, where DirectX has it the other way.
    const pixel = await python(
      test.blender,
      'result = [round(v * 255) for v in D.images["old_bricks normal"].pixels[:3]]',
    );
    assert.deepEqual(pixel, [128, 128, 255]);
    assert.deepEqual(await sourceOf('D.materials["old_bricks"]'), {
      service: 'polyhaven',
      id: 'old_bricks',
      title: 'Old Bricks',
      url: 'https://polyhaven.com/a/old_bricks',
      licence: 'CC0-1.0',
      authors: ['Somebody Else'],
    });
    assert.deepEqual(await leftBehind(), []);
  });

  it('splits packed maps, and set_material puts the material on an object', async () => {
    await test.blender.call('create_object', { objects: [{ kind: 'sphere', name: 'Ball' }] });
    const { material } = await get('red_felt');
    await tool('set_material', { objects: ['Ball'], name: material });
    const { links } = z
      .object({ links: z.array(z.string()) })
      .parse(
        await python(test.blender, `${graph}\nresult = graph(D.objects["Ball"].active_material.node_tree)`),
      );
    const split = links.filter((link) => link.startsWith('SEP'));
    assert.deepEqual(
      split.map((link) => link.replace(/^\w+\./, '')),
      ['Blue > BSDF_PRINCIPLED.Metallic', 'Green > BSDF_PRINCIPLED.Roughness', 'Red > GROUP.Occlusion'],
    );
  });

  it('exports the maps by Blender’s glTF exporter: occlusion, roughness and normals are found', async () => {
    await test.blender.call('create_object', { objects: [{ kind: 'sphere', name: 'Ball' }] });
    await get('old_bricks');
    await tool('set_material', { objects: ['Ball'], name: 'old_bricks' });
    const names = await python(
      test.blender,
      `import json, struct, tempfile, os
path = os.path.join(tempfile.mkdtemp(), "a.glb")
bpy.ops.export_scene.gltf(filepath=path, export_format="GLB")
data = open(path, "rb").read()
material = json.loads(data[20:20 + struct.unpack_from("<I", data, 12)[0]])["materials"][0]
result = sorted([*material, *material["pbrMetallicRoughness"]])`,
    );
    const found = z.array(z.string()).parse(names);
    for (const one of ['normalTexture', 'occlusionTexture', 'baseColorTexture', 'metallicRoughnessTexture'])
      assert.ok(found.includes(one), `${one} in ${found.join(' ')}`);
  });

  it('makes an HDRI the world, packed and as bright as it is', async () => {
    const { world, diff } = await get('dusk');
    assert.equal(world, 'dusk');
    assert.ok(diff);
    const facts = await python(
      test.blender,
      `${graph}
world = C.scene.world
image = D.images["dusk"]
result = [world.name, graph(world.node_tree)["links"], image.packed_file is not None, image.is_float, round(max(image.pixels)), D.worlds[0].users > 0]`,
    );
    assert.deepEqual(facts, [
      'dusk',
      [
        'BACKGROUND.Background > OUTPUT_WORLD.Surface',
        'MAPPING.Vector > TEX_ENVIRONMENT.Vector',
        'TEX_COORD.Generated > MAPPING.Vector',
        'TEX_ENVIRONMENT.Color > BACKGROUND.Color',
      ],
      true,
      true,
      8, // about 255 · 2^(131 − 136)
      true,
    ]);
    assert.equal((await sourceOf('C.scene.world')).licence, 'CC0-1.0');
  });

  it('leaves Blender to others while a file is on its way', async () => {
    polyHaven.faults.add('stalled');
    polyHaven.asked.length = 0;
    const stop = new AbortController();
    const dusk = { name: 'poly_haven_download', arguments: { action: 'import', id: 'dusk' } };
    const importing = pair.client.callTool(dusk, undefined, { signal: stop.signal }).catch(() => 'stopped');
    while (!polyHaven.asked.includes('/file/hdri/dusk.hdr')) await sleep(5);
    await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Meanwhile' }] });
    assert.deepEqual(await python(test.blender, 'result = [o.name for o in D.objects]'), ['Meanwhile']);
    stop.abort();
    assert.equal(await importing, 'stopped', 'it was still on its way');
    polyHaven.faults.clear();
  });

  it('opens nothing that could bring scripts, whatever its name says', async () => {
    const about = {
      service: 's',
      id: 'i',
      title: 't',
      url: 'https://example.com',
      licence: 'l',
      authors: [],
    };
    for (const kind of ['model', 'generated']) {
      await test.blender.writeFile('uploads', 'asset-x.glb', Buffer.from('BLENDER-v300REND'));
      const asset = { kind, name: 'Trojan', source: about, files: { model: 'asset-x.glb' } };
      await assert.rejects(test.blender.call('import_asset', asset), { code: 'asset-wrong-type' });
      assert.deepEqual(await python(test.blender, 'result = [len(D.objects), len(D.texts)]'), [0, 0]);
    }
    await rm(join(test.home, 'uploads', 'asset-x.glb'));
  });

  it('imports a model into a collection of its own, its pictures in the file', async () => {
    const { objects, collection, triangles, materials } = await get('lamp');
    assert.deepEqual([objects, collection, triangles, materials], [['lamp'], 'lamp', 48, ['lamp']]);
    const facts = await python(
      test.blender,
      `image = next(n.image for n in D.materials["lamp"].node_tree.nodes if n.type == "TEX_IMAGE")
result = [[o.name for o in D.collections["lamp"].objects], image.packed_file is not None, [round(v * 255) for v in image.pixels[:3]]]`,
    );
    assert.deepEqual(facts, [['lamp'], true, [200, 40, 40]]);
    for (const block of ['D.objects["lamp"]', 'D.materials["lamp"]', 'D.collections["lamp"]'])
      assert.equal((await sourceOf(block)).id, 'lamp');
    assert.deepEqual(await leftBehind(), []);
  });

  it('tidies a generated mesh: one object on the ground, of its height, within its budget, in quarantine', async () => {
    const made = await tool('hyper3d_generate', {
      prompt: 'a ball with a hat',
      name: 'Ball',
      height: 1.7,
      triangles: 2000,
    });
    const { objects, collection, triangles, dimensions } = z
      .object({
        objects: z.array(z.string()),
        collection: z.string(),
        triangles: z.number(),
        dimensions: z.tuple([z.number(), z.number(), z.number()]),
      })
      .parse(made);
    assert.deepEqual([objects, collection], [['Ball'], 'Ball']);
    assert.ok(triangles <= 2000 && triangles > 1500, String(triangles));
    assert.ok(Math.abs(dimensions[2] - 1.7) < 1e-4, dimensions.join(' '));
    const facts = await python(
      test.blender,
      `import bmesh
ball = D.objects["Ball"]
bm = bmesh.new(); bm.from_mesh(ball.data)
low = [min(v.co[i] for v in bm.verts) for i in range(3)]; high = [max(v.co[i] for v in bm.verts) for i in range(3)]
image = next(n.image for n in ball.active_material.node_tree.nodes if n.type == "TEX_IMAGE")
result = {
    "place": [*ball.location, *ball.rotation_euler, *ball.scale, ball.parent is None],
    "ground": [round(abs(v), 4) for v in (low[2], low[0] + high[0], low[1] + high[1])],
    "edges": sum(1 for e in bm.edges if e.is_boundary),
    "uv": [len(ball.data.uv_layers), len({round(c.uv[0], 1) for c in ball.data.uv_layers[0].data}) > 5],
    "image": [image.packed_file is not None, [round(v * 255) for v in image.pixels[:3]]],
    "where": [c.name for c in D.collections if "Ball" in c.children] ,
    "left": sorted(o.name for o in D.objects), "modifiers": len(ball.modifiers),
}`,
    );
    assert.deepEqual(facts, {
      place: [0, 0, 0, 0, 0, 0, 1, 1, 1, true],
      ground: [0, 0, 0],
      edges: 0,
      uv: [1, true],
      image: [true, [30, 90, 200]],
      where: ['Quarantine'],
      left: ['Ball'],
      modifiers: 0,
    });
    const { service, licence } = await sourceOf('D.objects["Ball"]');
    assert.deepEqual([service, licence], ['hyper3d', 'By the terms of Hyper3D']);
    assert.deepEqual(await leftBehind(), []);
  });

  it('keeps the file of a generated mesh that it cannot take, and leaves nothing else of it', async () => {
    const whole = hyper3d.model;
    hyper3d.model = generatedGlb({ rings: 4, flat: true });
    const result = (await pair.client.callTool({
      name: 'hyper3d_generate',
      arguments: { prompt: 'a sheet', name: 'Sheet' },
    })) as CallToolResult;
    hyper3d.model = whole;
    const [name] = await leftBehind();
    assert.match(
      JSON.stringify(result.content),
      new RegExp(`asset-unreadable: .*uploads/${name ?? 'nothing'}`),
    );
    assert.deepEqual(await python(test.blender, 'result = [len(D.objects), "Sheet" in D.collections]'), [
      0,
      false,
    ]);
  });
});
