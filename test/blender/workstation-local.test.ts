import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import type { DisplayMode } from '../../src/adapters/workstations/startPlan.ts';
import { childrenOf, survivors } from './support/processes.ts';
import { addon, testWorkstation } from './support/workstation.ts';

describe('workstation on this machine', () => {
  for (const mode of ['background', 'xvfb'] satisfies DisplayMode[]) {
    describe(mode, () => {
      it('starts, is used, ends, and starts again', async () => {
        const states: string[] = [];
        const test = await testWorkstation({ mode, onState: ({ is }) => states.push(is) });
        try {
          const { background, dialect } = await test.blender.describe();
          assert.deepEqual([background, dialect], [mode === 'background', 'avatar-forge']);
          const [first, second] = await Promise.all([test.workstation.launch(), test.workstation.launch()]);
          assert.equal(first, second);
          const own = (await childrenOf(process.pid)).map(({ pid }) => pid);
          assert.equal(own.length, mode === 'xvfb' ? 2 : 1);
          await test.workstation.stop();
          assert.deepEqual(await survivors(own, 0), []);
          assert.deepEqual(states, ['launching', 'starting', 'connecting', 'stopping', 'stopped']);
          await test.blender.call('ping', {}, { retry: true });
          const again = await test.workstation.launch();
          assert.notEqual(again.token, first.token);
        } finally {
          await test.end();
        }
      });

      it('asks for the token, and keeps the secrets of its parent from Blender', async () => {
        const env = { ...process.env, AWS_SECRET_ACCESS_KEY: 'aws', HYPER3D_API_KEY: 'hyper' };
        const test = await testWorkstation({ mode, env });
        try {
          const { host, port, token } = await test.workstation.launch();
          for (const wrong of [
            { host, port },
            { host, port, token: `${token ?? ''}x` },
          ]) {
            const stranger = connectBlender(wrong, { client: 'test/0', library: addon });
            await assert.rejects(stranger.describe(), { code: 'auth-failed' });
            await stranger.close();
          }
          const code = 'import os\nresult = sorted(k for k in os.environ if "KEY" in k or "AWS" in k)';
          const { result } = (await test.blender.call('execute_blender_code', { code })) as {
            result: unknown;
          };
          assert.deepEqual(result, []);
        } finally {
          await test.end();
        }
      });

      for (const [what, code] of [
        ['idle', undefined],
        ['busy', 'import time\nwhile True: time.sleep(0.1)'],
      ] as const) {
        it(`leaves nothing running when its parent is killed while Blender is ${what}`, async () => {
          const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
          const keeper = join(import.meta.dirname, 'support/keeper.ts');
          const parent: ChildProcess = spawn(
            process.execPath,
            [keeper, mode, home, ...(code === undefined ? [] : [code])],
            { stdio: ['ignore', 'pipe', 'inherit'] },
          );
          try {
            await once(parent.stdout!, 'data');
            const started = await childrenOf(parent.pid!);
            assert.equal(started.length, mode === 'xvfb' ? 2 : 1);
            parent.kill('SIGKILL');
            assert.deepEqual(
              await survivors(
                started.map(({ pid }) => pid),
                5_000,
              ),
              [],
            );
          } finally {
            parent.kill('SIGKILL');
            await rm(home, { recursive: true, force: true });
          }
        });
      }
    });
  }

  it('says that Blender ended by itself, and starts another for the next call', async () => {
    let onFailed: ((state: unknown) => void) | undefined;
    const test = await testWorkstation({
      mode: 'background',
      onState: ({ is }) => is === 'failed' && onFailed?.(is),
    });
    try {
      await test.blender.describe();
      const [blender, ...others] = await childrenOf(process.pid);
      assert.deepEqual(others, []);
      const failed = new Promise((resolve) => (onFailed = resolve));
      process.kill(blender!.pid, 'SIGKILL');
      await failed;
      assert.deepEqual(test.workstation.status(), {
        is: 'failed',
        failure: { code: 'blender-gone', message: 'Blender ended by itself (SIGKILL).' },
      });
      await test.blender.call('ping', {}, { retry: true });
      assert.equal(test.workstation.status().is, 'connecting');
    } finally {
      await test.end();
    }
  });

  it('can be stopped while it starts', async () => {
    const test = await testWorkstation({ mode: 'xvfb' });
    const launch = assert.rejects(test.workstation.launch(), { code: 'cancelled' });
    await sleep(300);
    await test.end();
    await launch;
    assert.equal(test.workstation.status().is, 'stopped');
    assert.deepEqual(await childrenOf(process.pid), []);
  });

  describe('where Blender does not start', () => {
    let folder = '';
    before(async () => (folder = await mkdtemp(join(tmpdir(), 'no-blender-'))));
    after(() => rm(folder, { recursive: true }));

    async function startOf(script: string): Promise<Record<string, unknown>> {
      const blender = join(folder, 'blender');
      await writeFile(blender, `#!/bin/sh\n${script}\n`);
      await chmod(blender, 0o755);
      const test = await testWorkstation({ blender, mode: 'background', startTimeoutMs: 700 });
      const error = await test.workstation.launch().catch((thrown: unknown) => thrown);
      await test.end();
      assert.deepEqual(await childrenOf(process.pid), []);
      return error as Record<string, unknown>;
    }

    it('shows what it wrote', async () => {
      const { code, data } = await startOf('echo "no GPU" >&2; exit 11');
      assert.deepEqual([code, data], ['blender-start-failed', { log: ['no GPU'] }]);
    });

    it('does not wait for ever, and takes no nonsense', async () => {
      assert.equal((await startOf('sleep 60 & wait'))['code'], 'blender-start-failed');
      assert.equal((await startOf('echo AVATAR_FORGE_READY 5; sleep 1'))['code'], 'blender-start-failed');
    });

    it('names the executable that is not there', async () => {
      const test = await testWorkstation({ blender: join(folder, 'none') });
      await assert.rejects(test.workstation.launch(), { code: 'blender-not-found' });
      await test.end();
    });
  });
});
