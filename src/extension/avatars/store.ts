import type * as vscode from 'vscode';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import type { BlenderPort, CallOptions, FileRoot } from '../../core/ports.ts';
import { checkVrm } from '../../core/vrm/check.ts';
import { PROFILES } from '../../core/vrm/profile.ts';
import { thumbnailOf } from '../../core/vrm/thumbnail.ts';
import { type Avatar, type AvatarDetails, type AvatarKind, avatarKinds } from './avatar.ts';
import { Emitter } from '../emitter.ts';

/** Where avatars lie now; the settings may change while we run. */
export interface AvatarPlaces {
  /** The folder with `exports` and `projects`; null where they are with a Blender elsewhere. */
  readonly home: string | null;
  /** Null where no production folder is set. */
  readonly production: string | null;
}

export interface AvatarStoreOptions {
  readonly places: () => AvatarPlaces;
  readonly blender: BlenderPort;
  /** Whether Blender can be asked without starting or waiting for one. */
  readonly isConnected: () => boolean;
  /** A folder of our own for copies and thumbnails. */
  readonly cache: string;
}

const endings: Readonly<Record<AvatarKind, string>> = {
  project: '.blend',
  export: '.vrm',
  promoted: '.vrm',
};
const roots: Readonly<Record<Exclude<AvatarKind, 'promoted'>, FileRoot>> = {
  project: 'projects',
  export: 'exports',
};
const listing = z.object({
  files: z.array(z.object({ name: z.string(), size: z.number(), modified: z.string() })),
});

/** Bigger files are looked into only when somebody asks for it. */
const biggestUnasked = 128 * 1024 * 1024;

/** Projects and exports, here or with Blender, and what was promoted: lists them, brings them here, looks into them. */
export class AvatarStore {
  readonly #options: AvatarStoreOptions;
  readonly #details = new Map<string, Promise<AvatarDetails>>();
  readonly #known = new Map<string, AvatarDetails>();
  readonly #changed = new Emitter<void>();
  /** One file after another: a check takes memory of the size of the file, and a moment of this thread. */
  #queue: Promise<unknown> = Promise.resolve();

  /** The lists may be others now. */
  readonly onDidChange: vscode.Event<void> = this.#changed.event;

  constructor(options: AvatarStoreOptions) {
    this.#options = options;
  }

  /** Newest first. Errors: `not-connected`, `folder-unreadable` and those of {@link BlenderPort}. */
  async list(kind: AvatarKind): Promise<readonly Avatar[]> {
    const { home, production } = this.#options.places();
    const found =
      kind === 'promoted'
        ? await listFolder(kind, production)
        : home === null
          ? await this.#listRemote(kind)
          : await listFolder(kind, join(home, roots[kind]));
    return found.toSorted((a, b) => b.modifiedMs - a.modifiedMs || a.name.localeCompare(b.name));
  }

  /** All that can be listed; a place that cannot be read is left out. */
  async listAll(kinds: readonly AvatarKind[] = avatarKinds): Promise<readonly Avatar[]> {
    const lists = await Promise.allSettled(kinds.map((kind) => this.list(kind)));
    return lists.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }

  /** The file on this machine: itself, or a copy that is fetched if need be. Errors: those of {@link BlenderPort}. */
  async localFile(avatar: Avatar, options: CallOptions = {}): Promise<string> {
    if (avatar.path !== null) return avatar.path;
    const path = this.#copyOf(avatar);
    if ((await sizeOf(path)) === avatar.size) return path;
    const bytes = await this.#options.blender.readFile(rootOf(avatar), avatar.name, options);
    await writeWhole(path, bytes);
    return path;
  }

  async bytes(avatar: Avatar, options: CallOptions = {}): Promise<Uint8Array> {
    return readFile(await this.localFile(avatar, options));
  }

  /** What was found out before, without looking. */
  known(avatar: Avatar): AvatarDetails | null {
    return this.#known.get(keyOf(avatar)) ?? null;
  }

  /** Looks into a file that is here, and not huge; null for one that would have to be fetched first, and for projects. */
  async glance(avatar: Avatar): Promise<AvatarDetails | null> {
    if (avatar.kind === 'project' || avatar.size > biggestUnasked) return null;
    if (avatar.path === null && (await sizeOf(this.#copyOf(avatar))) !== avatar.size) return null;
    return this.details(avatar);
  }

  /** Looks into a VRM; remembered until the file changes. */
  details(avatar: Avatar, options: CallOptions = {}): Promise<AvatarDetails> {
    const key = keyOf(avatar);
    const running = this.#details.get(key);
    if (running !== undefined) return running;
    const looked = this.#queue.then(async () => {
      const details = await this.#look(key, await this.bytes(avatar, options));
      this.#known.set(key, details);
      return details;
    });
    this.#queue = looked.catch(() => this.#details.delete(key));
    this.#details.set(key, looked);
    return looked;
  }

  /** Something was exported, promoted or put there: whoever shows the lists reads them again. */
  refresh(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #listRemote(kind: Exclude<AvatarKind, 'promoted'>): Promise<readonly Avatar[]> {
    if (!this.#options.isConnected()) {
      throw new ForgeError(
        'not-connected',
        'These files are with the workstation, which is not connected.',
        'Connect to it.',
      );
    }
    const answer = await this.#options.blender.call('file.list', { root: roots[kind] }, { retry: true });
    return listing.parse(answer).files.flatMap(({ name, size, modified }) => {
      if (!name.toLowerCase().endsWith(endings[kind])) return [];
      return [{ kind, name, size, modifiedMs: Date.parse(modified), path: null }];
    });
  }

  async #look(key: string, vrm: Uint8Array): Promise<AvatarDetails> {
    const { version, facts, counts } = checkVrm(vrm, { profile: PROFILES.app });
    return {
      version,
      title: facts?.meta.name ?? null,
      counts,
      triangles: facts?.triangles ?? 0,
      heightM: facts?.heightM ?? null,
      thumbnail: await this.#keepThumbnail(key, vrm),
    };
  }

  async #keepThumbnail(key: string, vrm: Uint8Array): Promise<string | null> {
    const thumbnail = thumbnailOf(vrm);
    if (thumbnail === null) return null;
    const ending = thumbnail.mime === 'image/png' ? 'png' : 'jpg';
    const path = join(this.#options.cache, 'thumbnails', `${key}.${ending}`);
    await writeWhole(path, thumbnail.bytes);
    return path;
  }

  #copyOf(avatar: Avatar): string {
    return join(this.#options.cache, 'copies', keyOf(avatar), avatar.name);
  }
}

function rootOf({ kind }: Avatar): FileRoot {
  if (kind === 'promoted') throw new Error('What is promoted is not with Blender');
  return roots[kind];
}

/** A file that was written again is another one. */
function keyOf({ kind, name, size, modifiedMs, path }: Avatar): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, name, size, modifiedMs, path]))
    .digest('hex')
    .slice(0, 32);
}

async function listFolder(kind: AvatarKind, folder: string | null): Promise<readonly Avatar[]> {
  if (folder === null) return [];
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT' && kind !== 'promoted')
      return [];
    throw toForgeError(
      thrown,
      'folder-unreadable',
      `${folder} cannot be read`,
      'Check the folder in the settings.',
    );
  });
  const wanted = names.filter((name) => !name.startsWith('.') && name.toLowerCase().endsWith(endings[kind]));
  const found = await Promise.all(wanted.map((name) => describe(kind, join(folder, name), name)));
  return found.flatMap((avatar) => avatar ?? []);
}

/** Null where it is gone since, or no file. */
async function describe(kind: AvatarKind, path: string, name: string): Promise<Avatar | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return null;
  return { kind, name, size: found.size, modifiedMs: found.mtimeMs, path };
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** Under its name only when all of it is there. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const partial = `${path}.${process.pid}.part`;
  await writeFile(partial, bytes);
  await rename(partial, path);
}
