import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { clear, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const saved = z.object({ file: z.object({ root: z.literal('projects'), name: z.string() }) });

for (const mode of ['background', 'xvfb'] as const) {
  describe(`open_project, ${mode}`, function () {
    this.timeout(90_000);
    let test: TestWorkstation;
    before(async () => {
      test = await testWorkstation({ mode });
    });
    after(() => test.end());

    const open = (name: string): Promise<unknown> => test.blender.call('open_project', { name });

    it('goes on with what was saved, as the session’s own file', async () => {
      await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Kept' }] });
      const { file } = saved.parse(await test.blender.call('save_project', {}));
      await clear(test.blender);
      assert.deepEqual(await open(file.name), { file });
      const facts = 'result = ["Kept" in D.objects, D.filepath]';
      assert.deepEqual(await python(test.blender, facts), [true, join(test.home, 'projects', file.name)]);
      await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Made after' }] });
    });

    it('opens nothing but projects, and says what it cannot', async () => {
      const damaged = join(test.home, 'projects', 'Damaged.blend');
      await writeFile(damaged, 'no Blender file');
      await assert.rejects(open('Damaged.blend'), { code: 'cannot-open' });
      for (const name of ['Nothing.blend', '../projects/Damaged.blend', damaged]) {
        await assert.rejects(open(name), { code: 'not-found' });
      }
      await rm(damaged);
    });
  });
}
