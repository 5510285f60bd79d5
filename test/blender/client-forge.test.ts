import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Progress } from '../../src/core/ports.ts';
import { childrenOf } from './support/processes.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const ran = z.object({ result: z.unknown(), stdout: z.string() });

describe('client and add-on', () => {
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
    await test.blender.describe();
  });
  after(() => test.end());

  const python = async (code: string, options = {}): Promise<unknown> =>
    ran.parse(await test.blender.call('execute_blender_code', { code }, options)).result;

  it('runs commands, in their order', async () => {
    const names = await Promise.all([python('result = 1'), python('result = 2'), python('result = "é😀"')]);
    assert.deepEqual(names, [1, 2, 'é😀']);
  });

  it('keeps traceback and output of code that fails', async () => {
    const call = python('print("before")\n1/0');
    await assert.rejects(call, (error: { code: string; data: { traceback: string; stdout: string } }) => {
      assert.equal(error.code, 'python-error');
      assert.match(error.data.traceback, /ZeroDivisionError/);
      assert.match(error.data.stdout, /before/);
      return true;
    });
  });

  it('sends a request of 10 MB', async () => {
    assert.deepEqual(await test.blender.call('ping', { text: 'ä€😀'.repeat(1_200_000) }), {});
  });

  it('puts and brings files, byte for byte, and replaces them', async () => {
    for (const bytes of [randomBytes(10_000_001), randomBytes(10), Buffer.alloc(0)]) {
      const seen: Progress[] = [];
      const onProgress = (progress: Progress): void => void seen.push(progress);
      const { size } = await test.blender.writeFile('uploads', 'Ä b.bin', bytes, { onProgress });
      assert.equal(size, bytes.length);
      assert.ok(bytes.equals(await test.blender.readFile('uploads', 'Ä b.bin')));
    }
    await assert.rejects(test.blender.readFile('uploads', 'none'), { code: 'not-found' });
    await assert.rejects(test.blender.readFile('exports', '../x'), { code: 'bad-name' });
    await assert.rejects(test.blender.writeFile('exports', '.x', Buffer.alloc(1)), { code: 'bad-name' });
  });

  it('gives bytes of a command as a blob', async () => {
    const { image } = z
      .object({ image: z.object({ bytes: z.instanceof(Uint8Array), mime: z.literal('image/png') }) })
      .parse(await test.blender.call('get_screenshot', { view: 'viewport', max_size: 64 }));
    assert.deepEqual(Buffer.from(image.bytes.subarray(0, 4)).toString('latin1'), '\x89PNG');
  });

  it('answers ping and status while the main thread is busy', async () => {
    const busy = python('import time\nfor _ in range(20): time.sleep(0.05)');
    await sleep(100);
    await test.blender.call('ping', {});
    const status = z.object({ busy: z.boolean() }).parse(await test.blender.call('status', {}));
    assert.equal(status.busy, true);
    await busy;
  });

  it('cancels code that runs, and what waits behind it never runs', async () => {
    await python('import bpy\nbpy.context.scene["waited"] = 0');
    const abort = new AbortController();
    const forever = python('import time\nwhile True: time.sleep(0.01)', { signal: abort.signal });
    const waiting = python('import bpy\nbpy.context.scene["waited"] = 1', { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await assert.rejects(forever, { code: 'cancelled' });
    await assert.rejects(waiting, { code: 'cancelled' });
    assert.equal(await python('import bpy\nresult = bpy.context.scene["waited"]'), 0);
  });

  it('stops code at its deadline', async () => {
    const call = python('import time\nwhile True: time.sleep(0.01)', { deadlineMs: 300 });
    await assert.rejects(call, { code: 'deadline-exceeded' });
    assert.equal(await python('result = "next"'), 'next');
  });

  it('serves on when a client goes away in the middle of a command', async () => {
    const leaving = test.another();
    const call = leaving.call('execute_blender_code', {
      code: 'import time\nfor _ in range(10): time.sleep(0.05)',
    });
    const left = assert.rejects(call, { code: 'blender-gone' });
    await sleep(150);
    await leaving.close();
    await left;
    assert.equal(await python('result = "next"'), 'next');
  });

  it('serves 64 clients that come at once', async () => {
    const clients = Array.from({ length: 64 }, () => test.another());
    const answers = await Promise.all(clients.map((client) => client.call('get_scene_info', { limit: 1 })));
    assert.equal(answers.length, 64);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('survives sys.exit() in code', async () => {
    await assert.rejects(python('import sys\nsys.exit(3)'), { code: 'python-error' });
    assert.equal(await python('result = 5'), 5);
  });

  it('answers blender-gone at once where Blender is killed in mid-command, and the next call starts another', async () => {
    const call = python('import time\nwhile True: time.sleep(0.01)');
    const killed = assert.rejects(call, { code: 'blender-gone' });
    await sleep(200);
    const [blender] = await childrenOf(process.pid);
    const killedAt = performance.now();
    process.kill(blender!.pid, 'SIGKILL');
    await killed;
    assert.ok(performance.now() - killedAt < 5_000, 'long before the deadline of the call, a minute');
    assert.equal(await python('result = "new"'), 'new');
  });
});
