import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const debian = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs, or null. */
export function findPostgres(): string | null {
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folder = versions
    .map((version) => join(debian, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  return folder ?? null;
}

export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own, in a folder of its own, on loopback. */
export async function startPostgres(bin: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'avatar-forge-postgres-'));
  // It refuses to run as root: then as the user that its package made.
  const as = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : ['env'];
  if (as.length > 1) execFileSync('chown', ['postgres', folder]);
  else chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const [command = '', ...within] = as;
  execFileSync(
    command,
    [...within, join(bin, 'initdb'), '-D', data, '-U', 'forge', '-A', 'trust', '--no-sync', '-E', 'UTF8'],
    { stdio: 'pipe', cwd: '/' },
  );
  const port = await freePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'];
  const child = spawn(command, [...within, join(bin, 'postgres'), ...options], { stdio: 'ignore', cwd: '/' });
  const exit = once(child, 'exit');
  const ready = ['-h', '127.0.0.1', '-p', String(port), '-t', '1'];
  for (;;) {
    try {
      execFileSync(join(bin, 'pg_isready'), ready, { stdio: 'ignore' });
      break;
    } catch (thrown) {
      if (child.exitCode !== null) throw thrown;
      await sleep(50);
    }
  }
  return {
    url: `postgres://forge@127.0.0.1:${port}/postgres`,
    stop: async () => {
      execFileSync(command, [...within, join(bin, 'pg_ctl'), '-D', data, '-m', 'immediate', 'stop'], {
        stdio: 'ignore',
        cwd: '/',
      });
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
