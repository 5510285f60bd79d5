import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlenderEndpoint } from '../../../src/core/ports.ts';

/** Of the link in each direction, headers included, in bits a second. */
export const linkRate = 20_000_000;

const cli = join(import.meta.dirname, '../../../src/cli/main.ts');

/** Another host in a network namespace, behind a link of {@link linkRate}. Linux with iproute2, and root. */
export class FarHost {
  readonly address: string;
  readonly #namespace: string;

  /** Null: it can be had; otherwise why not. */
  static obstacle(): string | null {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'network namespaces need root on Linux';
    try {
      execFileSync('tc', ['-V'], { stdio: 'ignore' });
      const name = `avatar-forge-${randomBytes(4).toString('hex')}`;
      execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
      execFileSync('ip', ['netns', 'del', name]);
      return null;
    } catch (thrown) {
      return `no network namespace can be made: ${String(thrown).slice(0, 200)}`;
    }
  }

  constructor() {
    const id = randomBytes(4).toString('hex');
    const net = `10.${randomInt(64, 255)}.${randomInt(1, 255)}`;
    const [near, far] = [`afn${id}`, `aff${id}`];
    this.#namespace = `avatar-forge-${id}`;
    this.address = `${net}.2`;
    const rate = ['tbf', 'rate', `${linkRate}bit`, 'burst', '16kb', 'latency', '200ms'];
    ip('netns', 'add', this.#namespace);
    try {
      ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.#namespace);
      ip('addr', 'add', `${net}.1/30`, 'dev', near);
      ip('link', 'set', near, 'up');
      this.#run('ip', 'addr', 'add', `${this.address}/30`, 'dev', far);
      this.#run('ip', 'link', 'set', far, 'up');
      this.#run('ip', 'link', 'set', 'lo', 'up');
      execFileSync('tc', ['qdisc', 'add', 'dev', near, 'root', ...rate]);
      this.#run('tc', 'qdisc', 'add', 'dev', far, 'root', ...rate);
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  /** What to put before a command to run it there. */
  get within(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#namespace];
  }

  /** Takes the cable out, or puts it in. */
  plug(isIn: boolean): void {
    this.#run('ip', 'link', 'set', `aff${this.#namespace.slice(-8)}`, isIn ? 'up' : 'down');
  }

  close(): void {
    ip('netns', 'del', this.#namespace); // and the link with it
  }

  #run(...command: readonly string[]): void {
    ip('netns', 'exec', this.#namespace, ...command);
  }
}

export interface FarAgent {
  readonly port: number;
  /** By which a client finds it, through what listens at a port here in its place. */
  readonly endpointAt: (port: number) => BlenderEndpoint;
  close(): Promise<void>;
}

/** The agent of the product on the far host, with TLS and a token, before a Blender there. */
export async function startFarAgent(far: FarHost, blenderPort: number): Promise<FarAgent> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-far-'));
  const token = randomBytes(16).toString('hex');
  const argv = [...far.within, process.execPath, cli, 'agent', 'listen', '--self-signed'];
  const child = spawn('env', argv, {
    env: {
      PATH: process.env['PATH'],
      AVATAR_FORGE_HOME: home,
      AVATAR_FORGE_AGENT_HOST: far.address,
      AVATAR_FORGE_AGENT_PORT: '0',
      AVATAR_FORGE_AGENT_TOKEN: token,
      AVATAR_FORGE_BLENDER_PORT: String(blenderPort),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const said = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(log)?.[1];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(log);
      await Promise.race([once(child.stderr, 'data'), exit]);
    }
  };
  const port = Number(await said(/wss:\/\/[\d.]+:(\d+)\/blender,/));
  const fingerprint = await said(/sha256\): ([\da-f]{64})\n/);
  return {
    port,
    endpointAt: (at) => ({
      host: '127.0.0.1',
      port: at,
      tunnel: {
        url: `wss://127.0.0.1:${at}/blender`,
        fingerprint,
        headers: { authorization: `Bearer ${token}` },
      },
    }),
    close: async () => {
      child.kill('SIGTERM');
      await exit;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function ip(...argv: readonly string[]): void {
  execFileSync('ip', argv, { stdio: ['ignore', 'ignore', 'inherit'] });
}
