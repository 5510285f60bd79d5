import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { arch, platform } from 'node:process';
import { execa } from 'execa';
import { z } from 'zod';
import type { DoctorFacts, MachineFacts, Probe } from '../core/doctor/facts.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { BlenderEndpoint, BlenderPort, PeerInfo } from '../core/ports.ts';
import { examineRoute } from './examineRoute.ts';
import { probe } from './probe.ts';
import { openRclone, type Rclone } from './storage/rclone.ts';
import { isRemotePath, parseRemotePath, type RcloneRemote } from './storage/rcloneCommands.ts';
import { findBlender, findOnPath } from './workstations/findBlender.ts';
import { displayMode } from './workstations/startPlan.ts';

export interface DoctorOptions {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** For the way to Blender: it may name another proxy. */
  readonly network: NodeJS.ProcessEnv;
  /** Of rclone's, beside those that it is set up with itself. */
  readonly remotes: readonly RcloneRemote[];
  /** Whether Blender is to run on this machine. */
  readonly local: boolean;
  /** The Blender that is named in the settings. */
  readonly blender: string | undefined;
  readonly headless: boolean;
  readonly home: string;
  /** Null: none is set. */
  readonly production: string | null;
  /** `remote:bucket/path` of rclone's, in which exports are kept. Null: none is set. */
  readonly remote: string | null;
  /** Null where no Blender runs that could be asked. */
  readonly blenderPort: Pick<BlenderPort, 'describe' | 'call'> | null;
  /** Where Blender is, if that is elsewhere and known. */
  readonly endpoint: BlenderEndpoint | null;
}

const versionTimeoutMs = 20_000;
const askMs = 15_000;

const workstationInfo = z
  .object({
    home: z.string(),
    writable: z.boolean(),
    reason: z.string().nullable(),
    free_mib: z.number().nullable(),
    vrm_addon: z.string().nullable(),
  })
  .transform(({ free_mib, vrm_addon, ...rest }): MachineFacts => ({
    ...rest,
    freeMiB: free_mib,
    vrmAddon: vrm_addon,
  }));

/** Looks at everything the doctor judges. Starts no Blender but to ask its version; never rejects. */
export async function gatherFacts(options: DoctorOptions): Promise<DoctorFacts> {
  const { version, env, network, remotes, local, headless, home } = options;
  const { production, remote, blenderPort, endpoint } = options;
  const isRemote = production !== null && isRemotePath(production);
  const [blender, hasXvfb, route, [addon, workstation], homeFolder, productionFolder, rclone] =
    await Promise.all([
      local ? probe(() => findAndAsk(options.blender, env)) : skipped('Blender runs elsewhere.'),
      findOnPath('Xvfb', env).then((path) => path !== null),
      endpoint === null ? undefined : examineRoute(endpoint, network),
      blenderPort === null ? [asleep, asleep] : askBlender(blenderPort),
      local ? probe(() => writable(home, true)) : skipped('The files are with the workstation.'),
      production === null || isRemote
        ? skipped('None is set (avatarForge.production.folder).')
        : probe(async () => ({ ...(await writable(production, false)), files: null })),
      probe(() => openRclone({ env, remotes })),
    ]);
  return {
    version,
    machine: `${platform} ${arch}, Node ${process.versions.node}`,
    local,
    blender,
    display: displayMode({ platform, env, hasXvfb: platform === 'linux' && hasXvfb }, headless),
    peer: addon,
    workstation,
    route,
    home: homeFolder,
    production: isRemote ? await remoteOf(production, rclone) : productionFolder,
    usesRemote: remote !== null || isRemote,
    remote: remote === null ? null : await remoteOf(remote, rclone),
    rclone:
      rclone.is === 'found' ? { is: 'found', value: { version: await rclone.value.version() } } : rclone,
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

const asleep = {
  is: 'skipped',
  why: 'No Blender is connected: start the workstation to have it looked at.',
} as const;

async function askBlender(
  blender: NonNullable<DoctorOptions['blenderPort']>,
): Promise<readonly [Probe<PeerInfo>, Probe<MachineFacts>]> {
  const peer = await probe(() => blender.describe());
  if (peer.is !== 'found') return [peer, { is: 'skipped', why: 'The add-on in Blender does not answer.' }];
  const told = await probe(async () =>
    workstationInfo.parse(await blender.call('workstation_info', {}, { retry: true, deadlineMs: askMs })),
  );
  if (told.is === 'failed' && told.code === 'unknown-method')
    return [peer, { is: 'skipped', why: 'The add-on in Blender is older, and cannot tell.' }];
  return [peer, told];
}

async function remoteOf(
  folder: string,
  rclone: Probe<Rclone>,
): Promise<Exclude<DoctorFacts['remote'], null>> {
  if (rclone.is !== 'found') return { is: 'skipped', why: 'rclone is not there to look at it.' };
  return probe(async () => ({
    folder,
    files: (await rclone.value.list(parseRemotePath(folder.replace(/\/$/, '')))).length,
  }));
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
