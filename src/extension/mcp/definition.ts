import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ControlAddress } from '../../adapters/control/controlClient.ts';
import type { Installation } from '../../adapters/home.ts';
import { controlEnvironment } from '../../protocol/control.ts';

/** How the bundled server is started. */
export interface ServerLaunch {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | null>>;
  readonly version: string;
}

export interface LaunchFacts {
  readonly installation: Pick<Installation, 'cli' | 'version'>;
  /** The editor's own Node (on the desktop Electron). */
  readonly execPath: string;
  readonly home: string;
  /** {@link buildOf} the server. */
  readonly build: string;
}

/** No secrets in it: the editor shows and keeps it. */
export function serverLaunch({ installation, execPath, home, build }: LaunchFacts): ServerLaunch {
  return {
    label: 'Avatar Forge',
    command: execPath,
    args: [installation.cli, 'mcp'],
    env: { ELECTRON_RUN_AS_NODE: '1', AVATAR_FORGE_HOME: home },
    version: `${installation.version}+${build}`,
  };
}

/** What the server needs to come back to this window; for the moment it is started, and for it alone. */
export function controlEnv({ path, token }: ControlAddress): Record<string, string> {
  return { [controlEnvironment.path]: path, [controlEnvironment.token]: token };
}

/** A hash of the bundle: the editor keeps the tools of a server until its version changes. */
export async function buildOf(cli: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(cli))
    .digest('hex')
    .slice(0, 12);
}
