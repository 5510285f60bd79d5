import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { z } from 'zod';
import { changed, clear, diff, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const made = z.object({ id: z.string(), label: z.string(), at: z.iso.datetime() });
const listed = z.object({
  checkpoints: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      at: z.string(),
      size: z.number(),
      by: z.enum(['user', 'auto']),
      picture: z.boolean(),
    }),
  ),
});
const pictured = z.object({
  cells: z.array(z.string()),
  image: z.object({ bytes: z.instanceof(Uint8Array) }),
});
const restored = z.object({ restored: z.string(), diff });

for (const mode of ['background', 'xvfb'] as const) {
  describe(`checkpoint, ${mode}`, function () {
    this.timeout(90_000);
    let test: TestWorkstation;
    before(async () => {
      test = await testWorkstation({ mode });
    });
    after(() => test.end());
    beforeEach(async () => {
      await clear(test.blender);
      await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Box' }] });
    });

    const call = (params: Readonly<Record<string, unknown>>): Promise<unknown> =>
      test.blender.call('checkpoint', params);
    const create = async (label = ''): Promise<z.infer<typeof made>> =>
      made.parse(await call({ action: 'create', label }));
    const list = async (): Promise<z.infer<typeof listed>['checkpoints']> =>
      listed.parse(await call({ action: 'list' })).checkpoints;
    const names = async (): Promise<unknown> =>
      python(test.blender, 'result = sorted(o.name for o in D.objects)');

    it('goes back, and forth again', async () => {
      const { id } = await create('with a box');
      await test.blender.call('set_material', { objects: ['Box'], preset: 'metal', name: 'Gold' });
      await test.blender.call('modify_object', { changes: [{ name: 'Box', rename: 'Crate' }] });
      const back = restored.parse(await call({ action: 'restore', id }));
      assert.deepEqual([back.restored, back.diff.added, back.diff.removed], [id, ['Box'], ['Crate']]);
      assert.deepEqual(await names(), ['Box']);
      const undo = (await list()).find(({ label }) => label === `before restoring ${id}`);
      assert.ok(undo);
      await call({ action: 'restore', id: undo.id });
      assert.deepEqual(await names(), ['Crate']);
      const matcap = 'i = D.images["Metal matcap"]; result = [*i.size, max(i.pixels[:]) > 0.9]';
      assert.deepEqual(await python(test.blender, matcap), [128, 128, true]);
    });

    it('goes to the same place when told to go back twice', async () => {
      await create('with a box');
      await test.blender.call('modify_object', { changes: [{ name: 'Box', rename: 'Crate' }] });
      const newest = (await list())[0]?.id;
      for (const when of ['first', 'second']) {
        assert.equal(restored.parse(await call({ action: 'restore' })).restored, newest, when);
      }
      const { diff: since } = changed.parse(await call({ action: 'diff' }));
      assert.deepEqual([since.added, since.removed], [[], []], 'a diff is since that one, too');
      assert.deepEqual(await names(), ['Box']);
    });

    it('shows what each looked like', async () => {
      const first = await create('a box');
      await test.blender.call('create_object', {
        objects: [{ kind: 'sphere', name: 'Ball', location: [2, 0, 0] }],
      });
      const second = await create('a box and a ball');
      const { cells, image } = pictured.parse(await call({ action: 'list', pictures: true }));
      assert.deepEqual(cells.slice(0, 2), [second.id, first.id]);
      const { width, data } = PNG.sync.read(Buffer.from(image.bytes));
      assert.equal(width % 192, 0);
      const ink = (cell: number): number => {
        const column = data.subarray((96 * width + cell * 192) * 4, (96 * width + cell * 192 + 192) * 4);
        return new Set(column).size;
      };
      assert.ok(ink(0) > 4 && ink(1) > 4, 'something is to be seen in both');
      assert.notDeepEqual(
        data.subarray(96 * width * 4, (96 * width + 192) * 4),
        data.subarray((96 * width + 192) * 4, (96 * width + 384) * 4),
      );
    });

    it('shows automatic ones, too, where Blender draws at once, and says of which there is no picture', async () => {
      const { way } = z
        .looseObject({ way: z.string() })
        .parse(await test.blender.call('get_screenshot', { max_size: 64 }));
      await python(
        test.blender,
        'import avatar_forge.commands.checkpoint as checkpoint; checkpoint._pictured_at = -1e9',
      );
      for (let i = 0; i < 2; i++) await python(test.blender, 'pass');
      const [second, first] = await list();
      assert.deepEqual(
        [first?.by, first?.picture, second?.by, second?.picture],
        ['auto', way === 'offscreen', 'auto', false],
        'of a burst the first',
      );
      const { cells } = z
        .looseObject({ cells: z.array(z.string()) })
        .parse(await call({ action: 'list', pictures: true }));
      assert.equal(cells.includes(first?.id ?? ''), way === 'offscreen');
      for (let i = 0; i < 10; i++) await python(test.blender, 'pass');
      const kept = await readdir(join(test.home, 'checkpoints'));
      assert.ok(!kept.some((name) => name.startsWith(first?.id ?? '')), 'its picture goes with it');
    });

    it('tells what changed since', async () => {
      const { id } = await create();
      await test.blender.call('modify_object', { changes: [{ name: 'Box', location: [1, 2, 3] }] });
      const found = changed.parse(await call({ action: 'diff', id })).diff;
      assert.deepEqual(found.changed, [
        {
          name: 'Box',
          fields: {
            location: [
              [0, 0, 0],
              [1, 2, 3],
            ],
          },
        },
      ]);
    });

    it('keeps painted pixels', async () => {
      await python(
        test.blender,
        'i = D.images.new("Painted", 4, 4); i.pixels[:] = [1.0] * 64; i.use_fake_user = True',
      );
      const { id } = await create();
      await call({ action: 'restore', id });
      assert.equal(await python(test.blender, 'result = min(D.images["Painted"].pixels[:])'), 1);
    });

    it("keeps the session's file: its name, its bytes, its neighbours", async () => {
      const file = join(test.home, 'mine.blend');
      await python(test.blender, `bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(file)})`);
      const digest = async (): Promise<string> =>
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex');
      const before = await digest();
      await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Unsaved' }] });
      const { id } = await create();
      await clear(test.blender);
      await call({ action: 'restore', id });
      assert.deepEqual(await names(), ['Box', 'Unsaved']);
      assert.equal(await python(test.blender, 'result = D.filepath'), file);
      assert.equal(await digest(), before);
      assert.deepEqual(
        (await readdir(test.home)).filter((name) => name.includes('aside')),
        [],
      );
      await python(test.blender, 'bpy.ops.wm.read_homefile(use_empty=True)');
    });

    it('comes before code by itself, and only the last ten of those are kept', async () => {
      const { id } = await create('mine');
      for (let i = 0; i < 13; i++) await python(test.blender, 'pass');
      const all = await list();
      const automatic = all.filter(({ by }) => by === 'auto');
      assert.equal(automatic.length, 10);
      assert.ok(automatic.every(({ size, label }) => size > 10_000 && label.startsWith('before ')));
      assert.ok(all.some((each) => each.id === id && each.by === 'user'));
      assert.deepEqual(
        all.map((each) => each.id),
        all
          .map((each) => each.id)
          .sort()
          .reverse(),
      );
    });

    it('comes once for a burst of small changes', async () => {
      await python(test.blender, 'pass');
      const before = (await list())[0]?.id;
      for (let i = 0; i < 20; i++) {
        await test.blender.call('create_object', { objects: [{ kind: 'empty' }] });
      }
      assert.equal((await list())[0]?.id, before);
      await test.blender.call('modify_object', { changes: [{ name: 'Box', delete: true }] });
      assert.notEqual((await list())[0]?.id, before);
    });

    it('comes before a face or springs are written over, however recent the last', async () => {
      await test.blender.call('avatar_scaffold', {});
      await python(test.blender, 'pass');
      const newest = async (): Promise<string | undefined> => (await list())[0]?.label;
      for (const command of ['vrm_face', 'vrm_physics']) {
        await test.blender.call(command, { dry_run: true });
        assert.equal(await newest(), 'before execute_blender_code', 'a dry run needs none');
      }
      for (const command of ['vrm_face', 'vrm_physics']) {
        await test.blender.call(command, {});
        assert.equal(await newest(), `before ${command}`);
      }
    });

    it('refuses what it does not know', async () => {
      await assert.rejects(call({ action: 'restore', id: '../../etc/passwd' }), { code: 'not-found' });
      await assert.rejects(call({ action: 'diff', id: 'none' }), { code: 'not-found' });
      await assert.rejects(call({ action: 'delete' }), { code: 'bad-params' });
      await assert.rejects(call({ action: 'list', id: 'x' }), { code: 'bad-params' });
    });
  });
}
