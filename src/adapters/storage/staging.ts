import { mkdir, unlink } from 'node:fs/promises';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { KeptBytes, Staging } from '../../core/promotion/ports.ts';
import { FolderTarget } from './folder.ts';
import { LocalSource } from './localSource.ts';

/**
 * Where bytes wait that have to be on this machine first: those of a remote while they are looked at, and those that go to one.
 * On a disk, not in memory; what dead promoters left is swept like that of a folder of production. Error: `staging-failed`.
 */
export class StagingFolder implements Staging {
  readonly #folder: FolderTarget;

  constructor(folder: string) {
    this.#folder = new FolderTarget(folder);
  }

  async keep(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    onWritten?: (piece: Uint8Array) => void,
  ): Promise<KeptBytes> {
    const path = await this.#attempt(() => this.#folder.keep(name, bytes, onWritten));
    const local = new LocalSource(path);
    return {
      path,
      read: (signal) => local.read(signal),
      mark: () => local.mark(),
      discard: () => unlink(path).catch(() => undefined), // what stays is swept by the next promoter
    };
  }

  async sweep(): Promise<readonly string[]> {
    return this.#attempt(() => this.#folder.sweep());
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    const { place } = this.#folder;
    try {
      await mkdir(place, { recursive: true, mode: 0o700 });
      return await work();
    } catch (thrown) {
      // What the bytes come with, such as an error of their source, is told as it is.
      if (thrown instanceof ForgeError && !thrown.code.startsWith('production-')) throw thrown;
      throw new ForgeError(
        'staging-failed',
        thrown instanceof ForgeError
          ? thrown.message
          : `${place}: nothing can be kept there (${reasonOf(thrown)}).`,
        'Make that folder writable and see that its disk has room, or name another home in AVATAR_FORGE_HOME.',
        { cause: thrown },
      );
    }
  }
}
