import assert from 'node:assert/strict';
import { z } from 'zod';
import { changed, clear, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const row = z.looseObject({ name: z.string() });
const info = z.object({
  revision: z.number(),
  counts: z.record(z.string(), z.number()),
  objects: z.array(row).optional(),
  bones: z.array(row).optional(),
  shape_keys: z.array(row).optional(),
  materials: z.array(row).optional(),
  next_offset: z.number().optional(),
  changed: z.array(z.string()).optional(),
  removed: z.array(z.string()).optional(),
});

describe('get_scene_info', function () {
  this.timeout(60_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
  });
  after(() => test.end());
  beforeEach(() => clear(test.blender));

  const create = (...objects: readonly object[]): Promise<unknown> =>
    test.blender.call('create_object', { objects });
  const modify = async (...changes: readonly object[]): Promise<unknown> =>
    changed.parse(await test.blender.call('modify_object', { changes }));
  const scene = async (params: Readonly<Record<string, unknown>> = {}): Promise<z.infer<typeof info>> =>
    info.parse(await test.blender.call('get_scene_info', params));

  it('pages and filters', async () => {
    await create(...Array.from({ length: 7 }, (_, i) => ({ kind: 'empty', name: `Bone ${i}` })), {
      kind: 'cube',
    });
    const first = await scene({ filter: 'bone', limit: 3 });
    assert.deepEqual(
      first.objects?.map(({ name }) => name),
      ['Bone 0', 'Bone 1', 'Bone 2'],
    );
    assert.equal(first.next_offset, 3);
    const last = await scene({ filter: 'BONE', limit: 3, offset: 6 });
    assert.deepEqual(
      last.objects?.map(({ name }) => name),
      ['Bone 6'],
    );
    assert.equal(last.next_offset, undefined);
    assert.equal(first.counts['objects'], 8);
  });

  it('gives only the fields asked for: bones in the world, materials', async () => {
    await create({ kind: 'armature', name: 'Rig', location: [0, 0, 1], size: 0.5 });
    await create({ kind: 'cube', name: 'Box' });
    await test.blender.call('set_material', {
      objects: ['Box'],
      name: 'Red',
      base_color: '#ff0000',
    });
    const found = await scene({ fields: ['bones', 'materials'] });
    assert.equal(found.objects, undefined);
    assert.deepEqual(found.bones, [{ armature: 'Rig', name: 'Bone', head: [0, 0, 1], tail: [0, 0, 1.5] }]);
    assert.deepEqual(found.materials, [{ name: 'Red', shader: 'mtoon', base_color: '#ff0000' }]);
  });

  it('leaves out what is at its usual value, and nothing else', async () => {
    await create({ kind: 'cube', name: 'Plain', size: 1 }, { kind: 'empty', name: 'Nothing' });
    await create({
      kind: 'cube',
      name: 'Put',
      size: 1,
      location: [0, 0, 2],
      scale: [1, 2, 1],
      parent: 'Nothing',
    });
    await modify({ name: 'Put', visible: false });
    const { objects, materials } = await scene({ fields: ['objects', 'materials'] });
    const mesh = { type: 'MESH', triangles: 12 };
    assert.deepEqual(objects, [
      { name: 'Plain', ...mesh, dimensions: [1, 1, 1] },
      { name: 'Nothing', type: 'EMPTY' },
      {
        name: 'Put',
        ...mesh,
        dimensions: [1, 2, 1],
        location: [0, 0, 2],
        scale: [1, 2, 1],
        parent: 'Nothing',
        visible: false,
      },
    ]);
    assert.deepEqual(materials, []);
    await python(
      test.blender,
      'o = D.objects["Plain"]; o.shape_key_add(name="Basis"); o.shape_key_add(name="up"); o.shape_key_add(name="on"); keys = o.data.shape_keys.key_blocks; keys.foreach_set("value", [0, 0, 1])',
    );
    assert.deepEqual((await scene({ fields: ['shape_keys'] })).shape_keys, [
      { object: 'Plain', name: 'Basis' },
      { object: 'Plain', name: 'up' },
      { object: 'Plain', name: 'on', value: 1 },
    ]);
  });

  it('tells what changed since a revision, by whom ever', async () => {
    await create({ kind: 'cube', name: 'A' }, { kind: 'cube', name: 'B' }, { kind: 'cube', name: 'C' });
    const { revision } = await scene();
    assert.equal((await scene({ since: revision })).revision, revision);
    await modify({ name: 'A', location: [1, 0, 0] });
    await python(test.blender, 'D.objects.remove(D.objects["B"])');
    const found = await scene({ since: revision });
    assert.deepEqual([found.changed, found.removed], [['A'], ['B']]);
    assert.deepEqual(
      found.objects?.map(({ name }) => name),
      ['A'],
    );
    await assert.rejects(scene({ since: 3 }), { code: 'unknown-revision' });
  });

  it('stays below 20 KB for 1,000 objects', async () => {
    await python(
      test.blender,
      'for i in range(1000): C.scene.collection.objects.link(D.objects.new(f"Object {i:04} {\'x\' * 30}", None))',
    );
    const text = JSON.stringify(await test.blender.call('get_scene_info', { limit: 200 }));
    assert.ok(text.length < 20_000, `${text.length} bytes`);
    let names = 0;
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const page = await scene({ limit: 200, offset });
      names += page.objects?.length ?? 0;
      offset = page.next_offset;
    }
    assert.equal(names, 1000);
  });

  it('refuses what it does not know', async () => {
    for (const params of [
      { limit: 0 },
      { limit: 201 },
      { fields: ['objekte'] },
      { offset: -1 },
      { page: 2 },
    ]) {
      await assert.rejects(scene(params), { code: 'bad-params' });
    }
  });
});
