import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readWorkstationConfig } from '../../../src/agent/config.ts';
import { Metrics } from '../../../src/agent/metrics.ts';
import { Readiness } from '../../../src/agent/readiness.ts';
import { supervise } from '../../../src/agent/supervise.ts';
import type { Supervisor } from '../../../src/agent/supervisor.ts';
import { supervisionLimits } from '../../../src/core/supervision.ts';
import { ask, agent, client, closeAfterwards, closeAll, nobody, token } from './support.ts';

const root = join(import.meta.dirname, '../../..');

describe('the supervision of Blender', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'avatar-forge-supervise-'));
    writeFileSync(
      join(folder, 'blender'),
      `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/emulators/standInBlender.ts')}' "$@"\n`,
    );
    chmodSync(join(folder, 'blender'), 0o755);
    plan();
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  const plan = (...words: string[]): void => writeFileSync(join(folder, 'plan'), words.join('\n'));
  const starts = (): readonly (readonly string[])[] =>
    readFileSync(join(folder, 'starts'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  const lastPid = (): number => Number(starts().at(-1)?.[0]);
  const saved = (name: string, secondsAhead: number): void => {
    mkdirSync(join(folder, 'checkpoints'), { recursive: true });
    const file = join(folder, 'checkpoints', name);
    writeFileSync(file, '');
    utimesSync(file, Date.now() / 1000 + secondsAhead, Date.now() / 1000 + secondsAhead);
  };
  const environment = async (): Promise<Record<string, string>> => ({
    PATH: process.env['PATH'] ?? '',
    DISPLAY: ':stand-in',
    STAND_IN: folder,
    AVATAR_FORGE_HOME: folder,
    AVATAR_FORGE_BLENDER: join(folder, 'blender'),
    AVATAR_FORGE_BLENDER_PORT: String(await nobody()),
  });

  interface Kept {
    readonly supervisor: Supervisor;
    readonly log: readonly string[];
    readonly port: number;
    readonly readyz: () => Promise<string>;
  }

  /** Real processes, supervised at a quick pace. */
  async function kept(limits: Partial<typeof supervisionLimits> = {}): Promise<Kept> {
    const env = await environment();
    const log: string[] = [];
    const workstation = readWorkstationConfig(env);
    const readiness = new Readiness(workstation.blender, 'test/0');
    const { supervisor, stop } = supervise({
      workstation,
      bootScript: '/boot.py',
      readiness,
      env,
      log: (line) => log.push(line),
      limits: { ...supervisionLimits, firstBackoffMs: 20, longestBackoffMs: 40, ...limits },
      probeMs: 20,
    });
    closeAfterwards({ close: stop });
    supervisor.start();
    const metrics = new Metrics(Date.now(), supervisor);
    const asked = { check: async () => supervisor.obstacle() ?? readiness.check() };
    const { blender } = workstation;
    const door = { host: '127.0.0.1', port: 0, token, origins: [], blender, maxClients: 8 };
    const { port } = await agent({ config: door, metrics, readiness: asked });
    return { supervisor, log, port, readyz: async () => (await ask(port, '/readyz')).text.trim() };
  }

  const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await what())) await sleep(10);
  };

  it('starts a Blender that was killed again, with what was saved last', async () => {
    const { supervisor, port, readyz, log } = await kept();
    await until(() => supervisor.state.is === 'up');
    assert.equal(await readyz(), 'ok');
    saved('older.blend', 1);
    saved('newer.blend', 2);
    saved('of-last-week.blend', -600_000);
    process.kill(lastPid(), 'SIGKILL');
    await until(() => supervisor.state.is !== 'up');
    assert.match(await readyz(), /^blender-(restarting|starting)$/);
    await until(() => supervisor.state.is === 'up');
    assert.deepEqual(
      starts().map(([, opened]) => opened),
      ['-', 'newer.blend'],
    );
    assert.match(log.join('\n'), /ended by itself \(SIGKILL\).*\n.*with newer\.blend/);
    const guest = await client(`wss://localhost:${port}/blender`);
    guest.close();
    const { text } = await ask(port, '/metrics', { authorization: `Bearer ${token}` });
    assert.match(text, /^avatar_forge_agent_blender_starts_total 2$/m);
    assert.match(text, /^avatar_forge_agent_blender_state\{state="up"\} 1$/m);
    assert.match(text, /^avatar_forge_agent_blender_state\{state="gave-up"\} 0$/m);
  });

  it('ends a Blender that hangs, and starts it again', async () => {
    const { supervisor, log } = await kept({ silentMs: 300 });
    await until(() => supervisor.state.is === 'up');
    const pid = lastPid();
    process.kill(pid, 'SIGSTOP');
    await until(() => supervisor.starts === 2 && supervisor.state.is === 'up');
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.match(log.join('\n'), /hangs: nothing was heard/);
  });

  it('tries an older file where Blender does not start with the newest', async () => {
    plan('serve', 'fail', 'serve');
    const { supervisor } = await kept();
    await until(() => supervisor.state.is === 'up');
    saved('older.blend', 1);
    saved('broken.blend', 2);
    process.kill(lastPid(), 'SIGKILL');
    await until(() => supervisor.starts === 3 && supervisor.state.is === 'up');
    assert.deepEqual(
      starts().map(([, opened]) => opened),
      ['-', 'broken.blend', 'older.blend'],
    );
  });

  it('gives up where it fails again and again, says so, and goes on answering', async () => {
    plan('fail', 'fail', 'fail');
    const { supervisor, port, readyz, log } = await kept({ mostFailures: 3 });
    await until(() => supervisor.state.is === 'gave-up');
    assert.equal(starts().length, 3);
    assert.equal(await readyz(), 'blender-gave-up');
    assert.equal((await ask(port, '/healthz')).status, 200);
    const { text } = await ask(port, '/metrics', { authorization: `Bearer ${token}` });
    assert.match(text, /^avatar_forge_agent_blender_state\{state="gave-up"\} 1$/m);
    assert.match(log.join('\n'), /Blender: The stand-in fails, as it was told\.\n.*3 times in a row/s);
  });

  async function command(env: Record<string, string>): Promise<{
    readonly log: () => string;
    readonly kill: (signal: NodeJS.Signals) => void;
    readonly code: Promise<number | null>;
  }> {
    const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'agent', 'listen', '--supervise'], {
      env: {
        ...(await environment()),
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
    return { log: () => log, kill: (signal) => child.kill(signal), code };
  }

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`leaves no Blender behind when the agent is ended by ${signal}`, async () => {
      const running = await command({});
      await until(() => running.log().includes('Blender is up'));
      const pid = lastPid();
      running.kill(signal);
      assert.equal(await running.code, signal === 'SIGTERM' ? 0 : null, running.log());
      await until(() => {
        try {
          return !process.kill(pid, 0);
        } catch {
          return true;
        }
      });
    });
  }

  it('has an idle scene saved into the projects, and ends with 75', async () => {
    const running = await command({ AVATAR_FORGE_IDLE_MINUTES: '0.02' });
    assert.equal(await running.code, 75, running.log());
    readFileSync(join(folder, 'projects/untitled-20260101-000000.blend'));
  });
});
