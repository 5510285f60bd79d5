import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../core/audit.ts';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import type { BlenderPort, CallOptions, FileRoot } from '../../core/ports.ts';
import { isRemotePath } from '../../adapters/storage/rcloneCommands.ts';
import type { PromotionKind } from '../../core/promotion/names.ts';
import type { Source } from '../../core/promotion/ports.ts';
import type { Profile } from '../../core/vrm/profile.ts';
import { type Avatar, type AvatarDetails, type AvatarKind, avatarKinds, type ListedFile } from './avatar.ts';
import { Emitter, type Event } from '../emitter.ts';
import { Copies } from './copies.ts';
import { RemoteLists } from './remoteLists.ts';
import type { FileBytes } from './writeWhole.ts';

/** Where avatars lie now; the settings may change while we run. */
export interface AvatarPlaces {
  /** The folder with `exports` and `projects`; null where they are with a Blender elsewhere. */
  readonly home: string | null;
  /** A folder, or `remote:bucket/path`; null where nothing is set. */
  readonly production: string | null;
  /** `remote:bucket/path` of exports; null where none is set. */
  readonly remote: string | null;
}

/** A folder of exports, or of what is promoted, that rclone reaches. */
export interface RemoteFolder {
  list(): Promise<readonly ListedFile[]>;
  read(name: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  source(name: string): Source;
}

export interface AvatarStoreOptions {
  readonly places: () => AvatarPlaces;
  readonly blender: BlenderPort;
  /** Whether Blender can be asked without starting or waiting for one. */
  readonly isConnected: () => boolean;
  /** Opens a place in a remote, for its models or its animations. */
  readonly openRemote: (place: string, kind: PromotionKind) => Promise<RemoteFolder>;
  /** What models are held against. */
  readonly profile: () => Promise<Profile>;
  /** A folder of our own for copies and thumbnails. */
  readonly cache: string;
}

const endings: Readonly<Record<AvatarKind, string>> = {
  project: '.blend',
  export: '.vrm',
  stored: '.vrm',
  promoted: '.vrm',
  animation: '.vrma',
};
const roots: Readonly<Record<'project' | 'export', FileRoot>> = {
  project: 'projects',
  export: 'exports',
};
/** Bigger files are looked into only when somebody asks for it. */
const biggestUnasked = 128 * 1024 * 1024;

/** Projects and exports, here or with Blender, and what was promoted: lists them, brings them here, looks into them. */
export class AvatarStore {
  readonly #options: AvatarStoreOptions;
  readonly #details = new Map<string, Promise<AvatarDetails>>();
  readonly #known = new Map<string, AvatarDetails>();
  readonly #changed = new Emitter<void>();
  readonly #remotes = new RemoteLists();
  /** One file after another: a check takes memory of the size of the file, and a moment of this thread. */
  #queue: Promise<unknown> = Promise.resolve();

  readonly copies: Copies;

  /** The lists may be others now. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: AvatarStoreOptions) {
    this.#options = options;
    this.copies = new Copies(join(options.cache, 'copies'));
  }

  /** Newest first. Errors: `not-connected`, `folder-unreadable` and those of {@link BlenderPort}. */
  async list(kind: AvatarKind): Promise<readonly Avatar[]> {
    const found = await this.#listOf(kind);
    return found.toSorted((a, b) => b.modifiedMs - a.modifiedMs || a.name.localeCompare(b.name));
  }

  /**
   * All that can be listed, for somebody who is about to choose: what failed before is tried again, and a place that cannot be read
   * is left out. Errors: where that leaves nothing, those of {@link list} but for `not-connected`.
   */
  async listAll(kinds: readonly AvatarKind[] = avatarKinds): Promise<readonly Avatar[]> {
    this.#remotes.forgetFailures();
    const lists = await Promise.allSettled(kinds.map((kind) => this.list(kind)));
    const found = lists.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = lists.find((one) => one.status === 'rejected' && !isNotConnected(one.reason));
    if (found.length === 0 && failed?.status === 'rejected') throw failed.reason;
    return found;
  }

  /** Whether its list is asked of a remote, which may take long. */
  isRemote(kind: AvatarKind): boolean {
    return this.#remoteOf(kind) !== null;
  }

  /** The file on this machine: itself, or a copy that is fetched if need be. Errors: those of {@link BlenderPort}. */
  async localFile(avatar: Avatar, options: CallOptions = {}): Promise<string> {
    if (avatar.path !== null) return avatar.path;
    const there = await this.copies.find(avatar);
    if (there !== null) return there;
    const kept = await this.copies.keep(avatar, await this.#fetch(avatar, options));
    this.#changed.fire(); // what is in it can be seen now
    return kept;
  }

  /** Where a promotion takes it from. */
  async source(avatar: Avatar, options: CallOptions = {}): Promise<Source> {
    const remote = this.#remoteOf(avatar.kind);
    if (remote !== null) return (await this.#open(avatar.kind, remote)).source(avatar.name);
    const { LocalSource } = await import('../../adapters/storage/localSource.ts'); // loaded on use
    return new LocalSource(await this.localFile(avatar, options));
  }

  /** What was found out before, without looking. */
  known(avatar: Avatar): AvatarDetails | null {
    return this.#known.get(keyOf(avatar)) ?? null;
  }

  /** Looks into a model that is here, and not huge; null for one that would have to be fetched first, and for what is no model. */
  async glance(avatar: Avatar): Promise<AvatarDetails | null> {
    if (avatar.kind === 'project' || avatar.kind === 'animation' || avatar.size > biggestUnasked) return null;
    if (avatar.path === null && (await this.copies.find(avatar)) === null) return null;
    return this.details(avatar);
  }

  /** Looks into a VRM; remembered until the file changes. */
  details(avatar: Avatar, options: CallOptions = {}): Promise<AvatarDetails> {
    const key = keyOf(avatar);
    const running = this.#details.get(key);
    if (running !== undefined) return running;
    const looked = this.#queue.then(async () => {
      const { lookInto } = await import('./look.ts'); // loaded on use
      const thumbnails = join(this.#options.cache, 'thumbnails');
      const profile = await this.#options.profile();
      const details = await lookInto(await this.localFile(avatar, options), profile, thumbnails, key);
      this.#known.set(key, details);
      return details;
    });
    this.#queue = looked.catch(() => this.#details.delete(key));
    this.#details.set(key, looked);
    return looked;
  }

  /** Something was exported, promoted or put there: whoever shows the lists reads them again; those of remotes, too, if asked. */
  refresh(what: 'here' | 'everything' = 'here'): void {
    if (what === 'everything') {
      this.#remotes.forget();
      this.#details.clear(); // the profile may have been edited
      this.#known.clear();
    }
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #listOf(kind: AvatarKind): Promise<readonly Avatar[]> {
    const remote = this.#remoteOf(kind);
    if (remote !== null) {
      return this.#remotes.list(`${kind} ${remote}`, async () => {
        const entries = await (await this.#open(kind, remote)).list();
        return entries.map((entry) => ({ kind, path: null, ...entry }));
      });
    }
    const { home, production } = this.#options.places();
    switch (kind) {
      case 'stored':
        return [];
      case 'promoted':
        return listFolder(kind, production);
      case 'animation':
        return listFolder(kind, production === null ? null : join(production, 'animations'));
      case 'project':
      case 'export':
        return home === null ? this.#listOfBlender(kind) : listFolder(kind, join(home, roots[kind]));
    }
  }

  /** The remote in which that kind lies; null where it lies elsewhere. */
  #remoteOf(kind: AvatarKind): string | null {
    const { production, remote } = this.#options.places();
    if (kind === 'stored') return remote;
    const isPromoted = kind === 'promoted' || kind === 'animation';
    return isPromoted && production !== null && isRemotePath(production) ? production : null;
  }

  #open(kind: AvatarKind, remote: string): Promise<RemoteFolder> {
    return this.#options.openRemote(remote, kind === 'animation' ? 'animation' : 'model');
  }

  async #listOfBlender(kind: 'project' | 'export'): Promise<readonly Avatar[]> {
    if (!this.#options.isConnected()) {
      throw new ForgeError(
        'not-connected',
        'These files are with the workstation, which is not connected.',
        'Connect to it.',
      );
    }
    const { filesOf } = await import('./filesOf.ts'); // loaded on use
    const files = await filesOf(this.#options.blender, roots[kind]);
    return files.flatMap((file) =>
      file.name.toLowerCase().endsWith(endings[kind]) ? [{ kind, path: null, ...file }] : [],
    );
  }

  /** Error: `no-remote`. */
  async #fetch({ kind, name }: Avatar, options: CallOptions): Promise<FileBytes> {
    if (kind === 'project' || kind === 'export')
      return this.#options.blender.readFile(roots[kind], name, options);
    const remote = this.#remoteOf(kind);
    if (remote !== null) return (await this.#open(kind, remote)).read(name, options.signal);
    throw new ForgeError(
      'no-remote',
      `${name} lies in a remote that is not set any more.`,
      `Set ${kind === 'stored' ? 'avatarForge.storage.exportsRemote' : 'avatarForge.production.folder'}.`,
    );
  }
}

function isNotConnected(thrown: unknown): boolean {
  return thrown instanceof ForgeError && thrown.code === 'not-connected';
}

/** A file that was written again is another one. */
function keyOf({ kind, name, size, modifiedMs, path }: Avatar): string {
  return sha256(JSON.stringify([kind, name, size, modifiedMs, path])).slice(0, 32);
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
