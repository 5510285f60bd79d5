import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { sha256 } from '../../core/audit.ts';
import type { Avatar } from './avatar.ts';
import { type FileBytes, writeWhole } from './writeWhole.ts';

/** A copy that nobody fetched for so long is removed. */
const keptMs = 30 * 24 * 3_600_000;

/**
 * Copies of files that lie elsewhere. A file that is written again there is fetched to the same place, so that whoever has the
 * copy open sees the new state of it.
 */
export class Copies {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a file is one of them: what is written into it is lost when it is fetched again. */
  has(file: string): boolean {
    return file.startsWith(this.#folder + sep);
  }

  /** The copy of this very state of the file; null where that is not here. */
  async find(avatar: Avatar): Promise<string | null> {
    const { path, stamp } = this.#placeOf(avatar);
    const found = await readFile(stamp, 'utf8').catch(() => null);
    const size = await stat(path).then(
      (file) => file.size,
      () => null,
    );
    return found === stateOf(avatar) && size === avatar.size ? path : null;
  }

  async keep(avatar: Avatar, bytes: FileBytes): Promise<string> {
    const { path, stamp } = this.#placeOf(avatar);
    await writeWhole(path, bytes);
    await writeFile(stamp, stateOf(avatar));
    await this.#sweep();
    return path;
  }

  /** The name was chosen elsewhere: it must not lead out of here. */
  #placeOf({ kind, name }: Avatar): { readonly path: string; readonly stamp: string } {
    const folder = join(this.#folder, sha256(JSON.stringify([kind, name])).slice(0, 32));
    return {
      path: join(folder, name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '_')),
      stamp: join(folder, '.state'),
    };
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const folder = join(this.#folder, name);
      const stamp = await stat(join(folder, '.state')).catch(() => null);
      if (stamp !== null && Date.now() - stamp.mtimeMs > keptMs) await rm(folder, { recursive: true });
    }
  }
}

function stateOf({ size, modifiedMs }: Avatar): string {
  return JSON.stringify({ size, modifiedMs });
}
