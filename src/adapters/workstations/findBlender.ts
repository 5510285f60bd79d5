import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { ForgeError } from '../../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Blender is looked for, best first. A `*` stands for one folder's name. */
export function blenderPlaces(env: Environment, platform: NodeJS.Platform): readonly string[] {
  const executable = platform === 'win32' ? 'blender.exe' : 'blender';
  return [...pathPlaces(executable, env, platform), ...usualPlaces(env, platform)];
}

function pathPlaces(executable: string, env: Environment, platform: NodeJS.Platform): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, executable));
}

function usualPlaces(env: Environment, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'darwin') {
    const inApplications = 'Applications/Blender.app/Contents/MacOS/Blender';
    return [`/${inApplications}`, posix.join(env['HOME'] ?? '/', inApplications)];
  }
  if (platform === 'win32') {
    return [win32.join(env['ProgramFiles'] ?? 'C:\\Program Files', 'Blender Foundation\\*\\blender.exe')];
  }
  return ['/usr/bin/blender', '/usr/local/bin/blender', '/snap/bin/blender', '/opt/blender/blender'];
}

/**
 * The executable: the one that is named (a setting, AVATAR_FORGE_BLENDER), else the first that is there. Error:
 * `blender-not-found`.
 */
export async function findBlender(
  named: string | undefined,
  env: Environment,
  platform: NodeJS.Platform,
): Promise<string> {
  const chosen = named ?? env['AVATAR_FORGE_BLENDER'];
  if (chosen !== undefined && chosen !== '') {
    if (await isExecutable(chosen)) return chosen;
    throw notFound(`${chosen}, which is set as Blender, cannot be run`);
  }
  for (const place of blenderPlaces(env, platform)) {
    for (const path of await expand(place)) if (await isExecutable(path)) return path;
  }
  throw notFound('There is no Blender on PATH or in the usual places');
}

/** A program on PATH (not on Windows), or null. */
export async function findOnPath(executable: string, env: Environment): Promise<string | null> {
  for (const path of pathPlaces(executable, env, 'linux')) if (await isExecutable(path)) return path;
  return null;
}

/** Newest first where the folders carry versions. */
async function expand(place: string): Promise<readonly string[]> {
  const [parent, rest] = place.split('*');
  if (parent === undefined || rest === undefined) return [place];
  try {
    const folders = await readdir(parent);
    return folders
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((folder) => `${parent}${folder}${rest}`);
  } catch {
    return [];
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function notFound(what: string): ForgeError {
  return new ForgeError(
    'blender-not-found',
    `${what}.`,
    'Install Blender 3.4 or newer (apt install blender, or blender.org), or set AVATAR_FORGE_BLENDER to its executable.',
  );
}
