import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { arch, platform } from 'node:process';
import { execa } from 'execa';
import type { DoctorFacts, Probe } from '../core/doctor/facts.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { PeerInfo } from '../core/ports.ts';
import { probe } from './probe.ts';
import { openRclone } from './storage/rclone.ts';
import { findBlender, findOnPath } from './workstations/findBlender.ts';
import { displayMode } from './workstations/startPlan.ts';

export interface DoctorOptions {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether Blender is to run on this machine. */
  readonly local: boolean;
  /** The Blender that is named in the settings. */
  readonly blender: string | undefined;
  readonly headless: boolean;
  readonly home: string;
  /** Null: none is set. */
  readonly production: string | null;
  /** Whether exports are kept in a remote. */
  readonly usesRemote: boolean;
  /** Asks the add-on; null where no Blender runs that could be asked. */
  readonly peer: (() => Promise<PeerInfo>) | null;
}

const versionTimeoutMs = 20_000;

/** Looks at everything the doctor judges. Starts no Blender but to ask its version; never rejects. */
export async function gatherFacts(options: DoctorOptions): Promise<DoctorFacts> {
  const { version, env, local, headless, home, production, usesRemote, peer } = options;
  const [blender, hasXvfb, addon, homeFolder, productionFolder, rclone] = await Promise.all([
    probe(() => findAndAsk(options.blender, env)),
    findOnPath('Xvfb', env).then((path) => path !== null),
    peer === null
      ? skipped('No Blender is connected: start the workstation to have its add-on looked at.')
      : probe(peer),
    local ? probe(() => writable(home, true)) : skipped('The files are with the workstation.'),
    production === null
      ? skipped('None is set (avatarForge.production.folder).')
      : probe(() => writable(production, false)),
    probe(() => openRclone({ env })),
  ]);
  return {
    version,
    machine: `${platform} ${arch}, Node ${process.versions.node}`,
    local,
    blender,
    display: displayMode({ platform, env, hasXvfb: platform === 'linux' && hasXvfb }, headless),
    peer: addon,
    home: homeFolder,
    production: productionFolder,
    usesRemote,
    rclone: rclone.is === 'found' ? { is: 'found', value: { version: rclone.value.version } } : rclone,
  };
}

async function findAndAsk(
  named: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly path: string; readonly version: string }> {
  const path = await findBlender(named, env, platform);
  const { stdout } = await execa(path, ['--background', '--version'], {
    timeout: versionTimeoutMs,
    stdin: 'ignore',
  });
  const version = /^Blender (\S+)/m.exec(stdout)?.[1];
  if (version !== undefined) return { path, version };
  throw new ForgeError(
    'blender-not-found',
    `${path} does not tell a version of Blender.`,
    'Name another executable in the setting avatarForge.workstation.blenderPath.',
  );
}

async function writable(folder: string, make: boolean): Promise<{ readonly folder: string }> {
  try {
    if (make) await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
    await access(folder, constants.W_OK | constants.X_OK);
    return { folder };
  } catch (thrown) {
    throw toForgeError(
      thrown,
      'folder-not-writable',
      `${folder} cannot be written`,
      'Choose another folder in the settings, or get the right to write there.',
    );
  }
}

function skipped(why: string): Promise<Probe<never>> {
  return Promise.resolve({ is: 'skipped', why });
}
