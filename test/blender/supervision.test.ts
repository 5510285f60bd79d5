import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import { readWorkstationConfig } from '../../src/agent/config.ts';
import { Readiness } from '../../src/agent/readiness.ts';
import { supervise } from '../../src/agent/supervise.ts';
import { python } from './support/commands.ts';
import { addon, bootScript } from './support/workstation.ts';

const cli = join(import.meta.dirname, '../../src/cli/main.ts');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a supervised Blender', function () {
  this.timeout(120_000);

  it('that is killed in the middle of work comes back with its scene, and saves it as a project', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
    const scratch = await mkdtemp(join(tmpdir(), 'avatar-forge-scratch-'));
    const env = {
      ...process.env,
      AVATAR_FORGE_HOME: home,
      AVATAR_FORGE_SCRATCH: scratch,
      AVATAR_FORGE_BLENDER_PORT: String(await freePort()),
    };
    const workstation = readWorkstationConfig(env);
    const log: string[] = [];
    const { supervisor, stop } = supervise({
      workstation,
      bootScript,
      readiness: new Readiness(workstation.blender, 'test/0'),
      env,
      log: (line) => log.push(line),
      probeMs: 100,
    });
    const blender = connectBlender(workstation.blender, { client: 'test/0', library: addon });
    const up = async (starts: number): Promise<void> => {
      while (supervisor.starts !== starts || supervisor.state.is !== 'up') {
        assert.notEqual(supervisor.state.is, 'gave-up', log.join('\n'));
        await sleep(50);
      }
    };
    try {
      supervisor.start();
      await up(1);
      await blender.call('create_object', { objects: [{ kind: 'cube', name: 'Kept' }] });
      await blender.call('checkpoint', { action: 'create', label: 'before the long work' });
      const working = blender.call('execute_blender_code', {
        code: 'import time\nbpy.ops.mesh.primitive_cone_add()\ntime.sleep(60)',
      });
      const lost = assert.rejects(working, { code: 'blender-gone' });
      await sleep(500); // it is at it
      const pid = Number(/process (\d+)/.exec(log.join('\n'))?.[1]);
      process.kill(pid, 'SIGKILL');
      await lost;
      await up(2);
      assert.deepEqual(await python(blender, 'result = [o.name for o in D.objects if o.type == "MESH"]'), [
        'Kept',
      ]);
      assert.equal(await python(blender, 'result = D.filepath'), '');
      const { file } = (await blender.call('save_project', {})) as { file: { name: string; root: string } };
      assert.match(file.name, /^untitled-\d{8}-\d{6}\.blend$/);
      assert.deepEqual(await readdir(join(home, 'projects')), [file.name]);
      assert.ok((await readdir(join(scratch, 'checkpoints'))).length >= 2);
      await assert.rejects(readdir(join(home, 'checkpoints')));
    } finally {
      await blender.close();
      await stop();
      for (const folder of [home, scratch]) await rm(folder, { recursive: true, force: true });
    }
  });

  it('is saved as a project when its agent is ended from outside', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
    const port = await freePort();
    const agent = spawn(process.execPath, [cli, 'agent', 'listen', '--supervise'], {
      env: {
        ...process.env,
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_AGENT_PORT: '0',
        AVATAR_FORGE_AGENT_TOKEN: 'a-token-of-the-tests',
        AVATAR_FORGE_BLENDER_PORT: String(port),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    agent.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const ended = once(agent, 'close');
    const blender = connectBlender({ host: '127.0.0.1', port }, { client: 'test/0', library: addon });
    try {
      while (!log.includes('Blender is up')) await sleep(100);
      await blender.call('create_object', { objects: [{ kind: 'cube', name: 'Kept' }] });
      agent.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null], log);
      const [project = '', ...others] = await readdir(join(home, 'projects'));
      assert.deepEqual(others, []);
      const bytes = await readFile(join(home, 'projects', project));
      assert.ok((bytes[0] === 0x28 ? zstdDecompressSync(bytes) : bytes).includes('OBKept'));
    } finally {
      agent.kill('SIGKILL');
      await blender.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
