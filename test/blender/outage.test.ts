import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import { BadPath } from '../emulators/badPath.ts';
import { addon, testWorkstation } from './support/workstation.ts';

describe('a connection to Blender that breaks in the middle of commands', () => {
  it('makes each object once', async () => {
    const workstation = await testWorkstation();
    const there = await workstation.workstation.launch();
    const path = await BadPath.open({ target: there, delayMs: 3 });
    const blender = connectBlender(
      { ...there, tunnel: { url: `tcp://127.0.0.1:${path.port}` } },
      { client: 'test/0', library: addon },
    );
    try {
      await blender.describe();
      const wanted = Array.from({ length: 40 }, (_, n) => `cube-${String(n).padStart(2, '0')}`);
      for (const [n, name] of wanted.entries()) {
        const made = blender.call('create_object', { objects: [{ kind: 'cube', name }] });
        await sleep(n % 20); // on the way there, in Blender, on the way back, over
        path.cut();
        await made;
      }
      const code =
        'import bpy\nresult = sorted(o.name for o in bpy.data.objects if o.name.startswith("cube-"))';
      const { result } = (await blender.call('execute_blender_code', { code })) as { result: unknown };
      assert.deepEqual(typeof result === 'string' ? JSON.parse(result.replaceAll("'", '"')) : result, wanted);
    } finally {
      await blender.close();
      await path.close();
      await workstation.end();
    }
  });
});
