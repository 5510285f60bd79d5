import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { ended } from '../transports/support.ts';
import { client, closeAfterwards, closeAll, token } from './support.ts';

const cli = join(import.meta.dirname, '../../../src/cli/main.ts');

interface Process {
  /** Resolves to what a pattern finds in its log. */
  readonly said: (pattern: RegExp) => Promise<string>;
  readonly log: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly code: Promise<number | null>;
}

describe('avatar-forge agent listen', function () {
  this.timeout(20_000);
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'avatar-forge-agent-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(home, { recursive: true });
  });

  function start(env: Record<string, string>): Process {
    const child = spawn(process.execPath, [cli, 'agent', 'listen', '--self-signed'], {
      env: {
        PATH: process.env['PATH'],
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_AGENT_PORT: '0',
        AVATAR_FORGE_AGENT_TOKEN: token,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    closeAfterwards({ close: () => child.kill('SIGKILL') });
    const code = once(child, 'close').then(([status]) => status as number | null);
    return {
      said: async (pattern) => {
        for (;;) {
          const found = pattern.exec(log)?.[1];
          if (found !== undefined) return found;
          if (child.exitCode !== null) throw new Error(log);
          await Promise.race([once(child.stderr, 'data'), code]);
        }
      },
      log: () => log,
      kill: (signal) => child.kill(signal),
      code,
    };
  }

  it('prints its fingerprint, lets in who pinned it, and ends in good order by SIGTERM', async () => {
    const peer = closeAfterwards(new ForgePeer({}));
    const running = start({ AVATAR_FORGE_BLENDER_PORT: String(await peer.listen()) });
    const fingerprint = await running.said(/sha256\): ([\da-f]{64})\n/);
    const url = await running.said(/(wss:\/\/\S+)\/blender,/);
    const trust = { fingerprint, headers: { authorization: `Bearer ${token}` } };
    const last = ended(await client(`${url}/blender`, { trust }));
    running.kill('SIGTERM');
    assert.match(String((await last)?.message), /1001/);
    assert.equal(await running.code, 0);
    assert.match(running.log(), /Warning: .*self-signed/);
    assert.doesNotMatch(running.log(), new RegExp(token));
  });

  it('has the add-on save an idle scene, and ends with 75', async () => {
    const asked: unknown[] = [];
    const peer = closeAfterwards(
      new ForgePeer({
        onRequest: ({ id, method, params }, to) => {
          asked.push([method, params]);
          to.send({ id, result: { file: {} } });
        },
      }),
    );
    const running = start({
      AVATAR_FORGE_BLENDER_PORT: String(await peer.listen()),
      AVATAR_FORGE_IDLE_MINUTES: '0.001',
    });
    assert.equal(await running.code, 75, running.log());
    assert.deepEqual(asked, [['save_project', {}]]);
  });

  it('fails with 1 where it is not safe to start', async () => {
    const running = start({ AVATAR_FORGE_AGENT_TOKEN: '' });
    assert.equal(await running.code, 1);
    assert.match(running.log(), /unsafe-listen/);
  });
});
