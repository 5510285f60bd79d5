import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Finished {
  readonly code: number | null;
  readonly log: string;
}

/** Why images cannot be built here; null: they can. */
export function obstacle(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'building images needs Linux and root';
  if (spawnSync('buildah', ['--version']).status !== 0) return 'buildah is not there';
  return null;
}

/** The name of the stand-in for Kasm's core image. */
export async function standIn(): Promise<string> {
  const { code, log } = await shell('scripts/standIn.sh');
  const image = /^localhost\/\S+$/m.exec(log)?.[0];
  if (code !== 0 || image === undefined) throw new Error(log);
  return image;
}

/** Builds kasm-image/Dockerfile. */
export function build(
  args: Readonly<Record<string, string>>,
  { tag, target }: { readonly tag?: string; readonly target?: string },
): Promise<Finished> {
  return images([
    ...['bud', '--isolation', 'chroot', '--format', 'docker', '--layers', '--file', 'kasm-image/Dockerfile'],
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(tag === undefined ? [] : ['--tag', tag]),
    '.',
  ]);
}

export interface Running {
  readonly log: () => string;
  readonly code: Promise<number | null>;
  /** Sends SIGTERM to all of it. */
  readonly end: () => void;
}

/** A command in a container, on this machine's network. */
export function runIn(
  container: string,
  command: readonly string[],
  { user, env = {}, volumes = {} }: RunOptions,
): Running {
  const child = spawn(
    'bash',
    [
      '-c',
      '. scripts/images.sh; images "$@"',
      'images',
      ...['run', '--isolation', 'chroot', '--user', user],
      ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.entries(volumes).flatMap(([host, inside]) => ['--volume', `${host}:${inside}`]),
      ...[container, '--', ...command],
    ],
    { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const code = once(child, 'close').then(([status]) => status as number | null);
  return {
    log: () => log,
    code,
    end: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    },
  };
}

interface RunOptions {
  readonly user: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly volumes?: Readonly<Record<string, string>>;
}

export async function containerOf(image: string): Promise<string> {
  const { code, log } = await images(['from', '--quiet', image]);
  if (code !== 0) throw new Error(log);
  return log.trim();
}

/** `buildah` with the storage of scripts/images.sh. */
export function images(args: readonly string[]): Promise<Finished> {
  return shell('. scripts/images.sh; images "$@"', ...args);
}

async function shell(script: string, ...args: readonly string[]): Promise<Finished> {
  const child = spawn('bash', ['-c', script, 'images', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, log };
}

/** Ports that are free now, each another one. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
