import { createServer, type AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type RcloneRemote, s3Remote } from '../../src/adapters/storage/rcloneCommands.ts';

/** A real S3 server that knows no conditional PUT (501): OpenStack Swift with its s3api, as Debian has it. */
export interface SwiftServer {
  remote(name: string): RcloneRemote;
  close(): Promise<void>;
}

const kinds = ['account', 'container', 'object'] as const;
const commands = [
  'memcached',
  'swift-ring-builder',
  'swift-proxy-server',
  ...kinds.map((kind) => `swift-${kind}-server`),
];

/** Why it cannot run here; null where it can. */
export async function swiftMissing(): Promise<string | null> {
  const found = await execa('sh', ['-c', commands.map((one) => `command -v ${one}`).join(' && ')], {
    reject: false,
  });
  if (found.failed)
    return 'Swift is not here: apt-get install swift swift-proxy swift-account swift-container swift-object memcached';
  const own = await execa('unshare', ['-rm', 'true'], { reject: false });
  return own.failed ? 'this machine lets nobody mount in a namespace of their own (unshare -rm)' : null;
}

/** Starts it, with an empty bucket for each name. */
export async function startSwift(buckets: readonly string[]): Promise<SwiftServer> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-swift-'));
  const etc = join(home, 'etc');
  await Promise.all([mkdir(etc), mkdir(join(home, 'devices', 'd1'), { recursive: true })]);
  const [proxy = 0, memcached = 0, ...stores] = await freePorts(5);
  const server = (port: number): string =>
    `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nmount_check = false\n` +
    `devices = ${home}/devices\nuser = ${userInfo().username}\nlog_udp_host = 127.0.0.1\nlog_udp_port = 9\n`;
  await writeFile(join(etc, 'swift.conf'), '[swift-hash]\nswift_hash_path_suffix = test\n');
  await writeFile(join(etc, 'proxy-server.conf'), server(proxy) + pipeline(memcached));
  const running: (Promise<unknown> & { kill(signal: 'SIGKILL'): boolean })[] = [];
  const run = (program: string, ...args: string[]) =>
    // Swift reads one of its files in /etc whatever it is told: there it is ours, for these processes alone.
    execa(
      'unshare',
      ['-rm', 'sh', '-c', 'mount --bind "$0" /etc/swift && exec "$@"', etc, program, ...args],
      {
        cwd: etc,
        reject: false,
      },
    );
  running.push(
    execa('memcached', ['-l', '127.0.0.1', '-p', String(memcached), '-U', '0', '-u', userInfo().username], {
      reject: false,
    }),
  );
  for (const [n, kind] of kinds.entries()) {
    const port = stores[n] ?? 0;
    const app = `[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`;
    await writeFile(join(etc, `${kind}-server.conf`), server(port) + app);
    const ring = (...args: string[]) =>
      execa('swift-ring-builder', [`${kind}.builder`, ...args], { cwd: etc });
    await ring('create', '4', '1', '1');
    await ring('add', `r1z1-127.0.0.1:${port}/d1`, '1');
    await ring('rebalance');
    running.push(run(`swift-${kind}-server`, `/etc/swift/${kind}-server.conf`));
  }
  running.push(run('swift-proxy-server', '/etc/swift/proxy-server.conf'));
  const endpoint = `http://127.0.0.1:${proxy}`;
  const remote = (name: string): RcloneRemote => {
    const made = s3Remote(name, {
      endpoint,
      accessKeyId: 'test:tester',
      secretAccessKey: 'testing',
      region: 'us-east-1',
    });
    return { ...made, options: { ...made.options, no_check_bucket: 'false' } };
  };
  const close = async (): Promise<void> => {
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(running);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await answering(endpoint);
    const env = Object.fromEntries(
      Object.entries(remote('swift').options).map(([key, value]) => [
        `RCLONE_CONFIG_SWIFT_${key.toUpperCase()}`,
        value,
      ]),
    );
    for (const bucket of buckets) await execa('rclone', ['mkdir', `swift:${bucket}`], { env });
    return { remote, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function pipeline(memcached: number): string {
  const filters = ['catch_errors', 'gatekeeper', 'cache', 'listing_formats', 's3api', 'tempauth', 'slo'];
  const options: Readonly<Record<string, string>> = {
    cache: `memcache_servers = 127.0.0.1:${memcached}\n`,
    s3api: 'location = us-east-1\n',
    tempauth: 'user_test_tester = testing .admin\n',
  };
  const egg = (name: string): string => (name === 'cache' ? 'memcache' : name);
  const sections = filters.map(
    (name) => `[filter:${name}]\nuse = egg:swift#${egg(name)}\n${options[name] ?? ''}`,
  );
  return (
    `[pipeline:main]\npipeline = ${filters.join(' ')} proxy-server\n` +
    `[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n${sections.join('')}`
  );
}

async function answering(endpoint: string): Promise<void> {
  for (const until = Date.now() + 30_000; ;) {
    const status = await fetch(endpoint).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0) return;
    if (Date.now() > until) throw new Error('Swift did not start in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Taken all at once, so that none comes twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.once('listening', () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
