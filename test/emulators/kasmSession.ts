import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startTestBlender, type TestBlender } from '../blender/support/blender.ts';
import type { EmulatedPlace } from './kasm.ts';

const cli = join(import.meta.dirname, '../../src/cli/main.ts');

export interface RealSessionOptions {
  /** What the session was asked for with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stands for the storage that Kasm maps into a session and that outlives it. */
  readonly storage: string;
}

/** A session of real processes: a Blender with the add-on, and the agent before it, which ends the session when it ends. */
export interface RealSession extends EmulatedPlace {
  /** Of all that was started for it so far. */
  readonly pids: readonly number[];
  /** How the agent ended, where it did so by itself: 75 when it was idle and the scene is saved. */
  readonly ended: Promise<number | null>;
}

export function startRealSession({ environment, storage }: RealSessionOptions): RealSession {
  const pids: number[] = [];
  const ending = new AbortController();
  let port: number | null = null;

  const run = async (): Promise<number | null> => {
    // As kasm-image/start.sh has it: on the session's own disk, which ends with it.
    const scratch = await mkdtemp(join(tmpdir(), 'avatar-forge-scratch-'));
    const folders = { AVATAR_FORGE_HOME: storage, AVATAR_FORGE_SCRATCH: scratch };
    const blender = await startTestBlender({ env: { ...environment, ...folders } });
    pids.push(blender.pid);
    const code = ending.signal.aborted ? null : await agentBefore(blender);
    port = null;
    await blender.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    return code;
  };

  const agentBefore = async (blender: TestBlender): Promise<number | null> => {
    const agent = spawn(process.execPath, [cli, 'agent', 'listen', '--self-signed'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...environment,
        AVATAR_FORGE_HOME: blender.home,
        AVATAR_FORGE_AGENT_PORT: '0',
        AVATAR_FORGE_BLENDER_PORT: String(blender.port),
      },
    });
    if (agent.pid !== undefined) pids.push(agent.pid);
    const kill = (): void => void agent.kill('SIGKILL');
    process.once('exit', kill);
    ending.signal.addEventListener('abort', kill, { once: true });
    createInterface({ input: agent.stderr }).on('line', (line) => {
      port ??= Number(/agent at wss:\/\/[^/]*:(\d+)\//.exec(line)?.[1] ?? Number.NaN) || null;
    });
    const [code] = (await once(agent, 'exit')) as [number | null];
    process.off('exit', kill);
    return code;
  };
  const running = run();

  const signal = (name: NodeJS.Signals) => (): void => pids.forEach((pid) => process.kill(pid, name));
  return {
    pids,
    ended: running,
    get port() {
      return port;
    },
    pause: signal('SIGSTOP'),
    resume: signal('SIGCONT'),
    close: async () => {
      ending.abort();
      await running;
    },
  };
}
