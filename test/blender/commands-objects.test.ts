import assert from 'node:assert/strict';
import { z } from 'zod';
import { changed, clear, diff, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const created = z.object({ created: z.array(z.string()), diff });
const row = z.object({
  name: z.string(),
  type: z.string(),
  location: z.array(z.number()).default([0, 0, 0]),
  rotation_deg: z.array(z.number()).default([0, 0, 0]),
  dimensions: z.array(z.number()).default([0, 0, 0]),
  parent: z.string().nullable().default(null),
  visible: z.boolean().default(true),
  triangles: z.number().optional(),
});
const info = z.object({ counts: z.record(z.string(), z.number()), objects: z.array(row) });

describe('objects', function () {
  this.timeout(60_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
  });
  after(() => test.end());
  beforeEach(() => clear(test.blender));

  const create = async (...objects: readonly object[]): Promise<z.infer<typeof created>> =>
    created.parse(await test.blender.call('create_object', { objects }));
  const modify = async (...changes: readonly object[]): Promise<z.infer<typeof diff>> =>
    changed.parse(await test.blender.call('modify_object', { changes })).diff;
  const scene = async (): Promise<z.infer<typeof info>> =>
    info.parse(await test.blender.call('get_scene_info', {}));
  const object = async (name: string): Promise<z.infer<typeof row>> => {
    const found = (await scene()).objects.find((each) => each.name === name);
    assert.ok(found, `there is no ${name}`);
    return found;
  };

  describe('create_object', () => {
    it('makes every kind, in the size asked for', async () => {
      const kinds = ['cube', 'sphere', 'ico_sphere', 'cylinder', 'cone', 'torus', 'plane'];
      const others = ['empty', 'camera', 'light', 'text', 'armature'];
      const { created: names, diff: found } = await create(
        ...kinds.map((kind) => ({ kind, size: 2 })),
        ...others.map((kind) => ({ kind })),
      );
      assert.equal(names.length, 12);
      assert.deepEqual(found.added, names);
      for (const { name, type, dimensions, triangles } of (await scene()).objects) {
        if (type !== 'MESH') continue;
        assert.ok(Math.abs((dimensions[0] ?? 0) - 2) < 0.02, `${name} is ${String(dimensions[0])} m wide`);
        assert.ok((triangles ?? 0) >= 2);
      }
      const uvs =
        'result = all(o.data.uv_layers and o.data.uv_layers[0].data for o in D.objects if o.type == "MESH")';
      assert.equal(await python(test.blender, uvs), true);
    });

    it('places, turns, names and parents; a child stays where it was asked for', async () => {
      await create(
        { kind: 'empty', name: 'Root', location: [1, 2, 3], rotation_deg: [0, 0, 90] },
        { kind: 'cube', name: 'Child', location: [5, 0, 0], size: [1, 2, 3], parent: 'Root' },
      );
      const { parent, dimensions } = await object('Child');
      assert.equal(parent, 'Root');
      assert.deepEqual(dimensions, [1, 2, 3]);
      const at = await python(
        test.blender,
        'C.view_layer.update(); result = [round(c, 4) for c in D.objects["Child"].matrix_world.translation]',
      );
      assert.deepEqual(at, [5, 0, 0]);
    });

    it('tells the names Blender gave', async () => {
      const { created: names } = await create({ kind: 'cube', name: 'Box' }, { kind: 'cube', name: 'Box' });
      assert.deepEqual(names, ['Box', 'Box.001']);
    });

    it('is one undo step', async () => {
      await create({ kind: 'cube', name: 'Kept' });
      await create({ kind: 'cube', name: 'A' }, { kind: 'cube', name: 'B' });
      // Undo ends what the step before began: the code's own push comes after it.
      await python(test.blender, 'bpy.ops.ed.undo_push(message="x"); bpy.ops.ed.undo(); bpy.ops.ed.undo()');
      const names = (await scene()).objects.map(({ name }) => name);
      assert.ok(!names.includes('A') && !names.includes('B'), names.join(' '));
      assert.ok(names.includes('Kept'), names.join(' '));
    });

    const wrong: readonly (readonly [string, object, string, RegExp])[] = [
      ['an unknown kind', { kind: 'cub' }, 'bad-params', /objects\[1\]\.kind is 'cub'.*cube, sphere/],
      ['two numbers for three', { kind: 'cube', location: [1, 2] }, 'bad-params', /objects\[1\]\.location/],
      ['a size of nothing', { kind: 'cube', size: 0 }, 'bad-params', /objects\[1\]\.size/],
      [
        'a misspelt member',
        { kind: 'cube', colour: 'red' },
        'bad-params',
        /objects\[1\]\.colour is not known/,
      ],
      ['a light on a cube', { kind: 'cube', light: {} }, 'bad-params', /objects\[1\]\.light does not fit/],
      ['a long name', { kind: 'cube', name: 'ä'.repeat(32) }, 'bad-params', /63 bytes/],
      [
        'a parent that is not',
        { kind: 'cube', parent: 'Goood' },
        'not-found',
        /objects\[1\]\.parent.*mean: Good/,
      ],
      ['a material that is not', { kind: 'cube', material: 'Gold' }, 'not-found', /objects\[1\]\.material/],
      ['a colour that is none', { kind: 'light', light: { color: '#12' } }, 'bad-params', /light\.color/],
    ];
    for (const [what, wish, code, message] of wrong) {
      it(`refuses ${what}, and makes none of the list`, async () => {
        const call = create({ kind: 'cube', name: 'Good' }, wish);
        await assert.rejects(call, (error: Error & { code: string }) => {
          assert.equal(error.code, code);
          assert.match(error.message, message);
          return true;
        });
        assert.equal((await scene()).counts['objects'], 0);
      });
    }

    it('refuses an empty list and a long one', async () => {
      await assert.rejects(create(), { code: 'bad-params' });
      await assert.rejects(create(...Array.from({ length: 51 }, () => ({ kind: 'cube' }))), {
        code: 'bad-params',
      });
    });
  });

  describe('modify_object', () => {
    it('moves, turns, scales, hides, renames, and tells before and after', async () => {
      await create({ kind: 'cube', name: 'Box' });
      const found = await modify({
        name: 'Box',
        location: [1, 0, 0],
        rotation_deg: [0, 0, 45],
        scale: 2,
        visible: false,
      });
      assert.deepEqual(
        found.changed.map(({ name }) => name),
        ['Box'],
      );
      const fields = found.changed[0]?.fields ?? {};
      assert.deepEqual(fields['location'], [
        [0, 0, 0],
        [1, 0, 0],
      ]);
      assert.deepEqual(fields['rotation_deg'], [
        [0, 0, 0],
        [0, 0, 45],
      ]);
      assert.deepEqual(fields['visible'], [true, false]);
      const renamed = await modify({ name: 'Box', rename: 'Crate' });
      assert.deepEqual([renamed.added, renamed.removed], [['Crate'], ['Box']]);
    });

    it('tells of keys and bones only those that changed', async () => {
      await create({ kind: 'cube', name: 'Face' }, { kind: 'armature', name: 'Rig' });
      await python(
        test.blender,
        'o = D.objects["Face"]; [o.shape_key_add(name=n) for n in ("Basis", "aa", "ih")]; o.data.shape_keys.key_blocks.foreach_set("value", [0, 0, 0])',
      );
      const { changed: keys } = await modify({ name: 'Face', shape_keys: { ih: 0.5 } });
      assert.deepEqual(keys, [{ name: 'Face', fields: { shape_keys: [{ ih: 0 }, { ih: 0.5 }] } }]);
      const pose =
        'b = D.objects["Rig"].pose.bones[0]; b.rotation_mode = "XYZ"; b.rotation_euler.x = math.radians(30)';
      const ran = await test.blender.call('execute_blender_code', { code: `import math\n${pose}` });
      assert.deepEqual(changed.parse(ran).diff.changed, [
        { name: 'Rig', fields: { pose: [{}, { Bone: [30, 0, 0] }] } },
      ]);
    });

    it('sets shape keys within their range', async () => {
      await create({ kind: 'cube', name: 'Face' });
      await python(
        test.blender,
        'o = D.objects["Face"]; o.shape_key_add(name="Basis"); o.shape_key_add(name="aa")',
      );
      await modify({ name: 'Face', shape_keys: { aa: 0.5 } });
      const value = 'result = D.objects["Face"].data.shape_keys.key_blocks["aa"].value';
      assert.equal(await python(test.blender, value), 0.5);
      await assert.rejects(modify({ name: 'Face', shape_keys: { aa: 2 } }), { code: 'bad-params' });
      await assert.rejects(modify({ name: 'Face', shape_keys: { ee: 1 } }), { code: 'not-found' });
    });

    it('deletes; what hangs on it stays in its place', async () => {
      await create({ kind: 'empty', name: 'Root', location: [0, 0, 2] });
      await create({ kind: 'cube', name: 'Child', location: [1, 1, 1], parent: 'Root' });
      await modify({ name: 'Root', location: [0, 0, 5] });
      const found = await modify({ name: 'Root', delete: true });
      assert.deepEqual(found.removed, ['Root']);
      assert.deepEqual((await object('Child')).location, [1, 1, 4]);
    });

    it('changes none of a list in which one is wrong', async () => {
      await create({ kind: 'cube', name: 'A' }, { kind: 'cube', name: 'B' });
      const move = { name: 'A', location: [9, 9, 9] };
      await assert.rejects(modify(move, { name: 'None' }), { code: 'not-found' });
      await assert.rejects(modify(move, { name: 'B', rename: 'A' }), { code: 'bad-params' });
      await assert.rejects(modify(move, { name: 'A', scale: 2 }), { code: 'bad-params' });
      await assert.rejects(modify({ ...move, parent: 'B' }, { name: 'B', parent: 'A' }), /loop/);
      await assert.rejects(
        modify({ ...move, parent: 'B' }, { name: 'B', delete: true }),
        /deleted by the same/,
      );
      assert.deepEqual((await object('A')).location, [0, 0, 0]);
    });
  });
});
