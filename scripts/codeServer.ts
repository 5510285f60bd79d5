/** VS Code for a browser (code-server, set up by scripts/setup.sh), with a profile of its own. For `npm run try` and test/vscode. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface CodeServerOptions {
  /** Everything it writes goes into this folder: settings, extensions, logs, its home. Made if missing. */
  readonly profile: string;
  /** Default: a free one. */
  readonly port?: number;
  /** User settings beside the quiet ones below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host, beside PATH and the like. */
  readonly env?: Readonly<Record<string, string>>;
  /** Packaged extensions to install before it starts. */
  readonly extensions?: readonly string[];
  /** Ends itself when no window was open for so long: a net below {@link CodeServer.end}. At least 60. */
  readonly idleSeconds?: number;
}

const quiet = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'remote.autoForwardPorts': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
} as const;

const startTimeoutMs = 60_000;
const endGraceMs = 3_000;

/** The package in the cache folder of scripts/setup.sh. */
export function findCodeServer(env: Readonly<Record<string, string | undefined>>): string {
  const cache =
    env['AVATAR_FORGE_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'avatar-forge');
  const folder = join(cache, 'code-server/node_modules/code-server');
  if (!existsSync(folder)) {
    throw new Error(`code-server is not in ${cache}: ./check --only test:vscode sets it up`);
  }
  return folder;
}

/** One code-server on loopback. It is the leader of a process group, so that what it started ends with it. */
export class CodeServer {
  readonly port: number;
  readonly profile: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  /** Installs the extensions, starts it and waits until it answers. */
  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const { profile, settings = {}, extensions = [] } = options;
    const entry = join(findCodeServer(process.env), 'out/node/entry.js');
    for (const folder of ['user/User', 'extensions', 'home'])
      mkdirSync(join(profile, folder), { recursive: true });
    const file = join(profile, 'user/User/settings.json');
    writeFileSync(file, JSON.stringify({ ...quiet, ...settings }, null, 2));
    const env = environment(options);
    if (extensions.length > 0) {
      const flags = extensions.flatMap((vsix) => ['--install-extension', vsix, '--force']);
      await promisify(execFile)(process.execPath, [entry, ...folders(profile), ...flags], { env });
    }
    const server = new CodeServer(entry, options.port ?? (await freePort()), env, options);
    try {
      await server.#answers();
    } catch (error) {
      await server.end();
      throw error;
    }
    return server;
  }

  private constructor(entry: string, port: number, env: NodeJS.ProcessEnv, options: CodeServerOptions) {
    const { profile, idleSeconds } = options;
    this.port = port;
    this.profile = profile;
    const log = openSync(join(profile, 'server.log'), 'w');
    this.#process = spawn(process.execPath, [entry, ...folders(profile), ...flags(port, idleSeconds)], {
      env,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => this.#process.once('exit', () => resolve()));
    process.once('exit', this.#kill);
  }

  url(folder: string): string {
    return `http://127.0.0.1:${this.port}/?folder=${encodeURIComponent(folder)}`;
  }

  /** Ends it and everything it started. */
  async end(): Promise<void> {
    this.#signal('SIGTERM');
    await Promise.race([this.#ended, sleep(endGraceMs)]);
    this.#kill();
    process.off('exit', this.#kill);
    await this.#ended;
  }

  async #answers(): Promise<void> {
    const until = performance.now() + startTimeoutMs;
    while (this.#process.exitCode === null && performance.now() < until) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/healthz`).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(100);
    }
    throw new Error(`code-server did not start: ${join(this.profile, 'server.log')} says why`);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // the group is gone: that is what was wanted
    }
  }

  readonly #kill = (): void => this.#signal('SIGKILL');
}

function folders(profile: string): string[] {
  const at = (name: string) => join(profile, name);
  return ['--config', at('config.yaml'), '--user-data-dir', at('user'), '--extensions-dir', at('extensions')];
}

function flags(port: number, idleSeconds: number | undefined): string[] {
  return [
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--auth',
    'none',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--disable-proxy',
    ...(idleSeconds === undefined ? [] : ['--idle-timeout-seconds', `${idleSeconds}`]),
  ];
}

/** No secret of ours, and no setting of ours but what is given: a profile stands for a fresh machine. */
function environment({ profile, env = {} }: CodeServerOptions): NodeJS.ProcessEnv {
  const kept = [
    'PATH',
    'LANG',
    'LC_ALL',
    'DISPLAY',
    'XAUTHORITY',
    'AVATAR_FORGE_BLENDER',
    'AVATAR_FORGE_CHROMIUM',
  ];
  const inherited = Object.entries(process.env).filter(([name]) => kept.includes(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: join(profile, 'home'),
    XDG_RUNTIME_DIR: profile,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}', // nothing is looked for in a marketplace
    ...env,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
