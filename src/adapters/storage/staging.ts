import { mkdir, unlink } from 'node:fs/promises';
import type { KeptBytes, Staging } from '../../core/promotion/ports.ts';
import { FolderTarget } from './folder.ts';
import { LocalSource } from './localSource.ts';

/**
 * Where bytes wait that have to be on this machine first: those of a remote while they are looked at, and those that go to one.
 * On a disk, not in memory; what dead promoters left is swept like that of a folder of production.
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
    await mkdir(this.#folder.place, { recursive: true, mode: 0o700 });
    const path = await this.#folder.keep(name, bytes, onWritten);
    const local = new LocalSource(path);
    return {
      path,
      read: (signal) => local.read(signal),
      mark: () => local.mark(),
      discard: () => unlink(path).catch(() => undefined), // what stays is swept by the next promoter
    };
  }

  async sweep(): Promise<readonly string[]> {
    await mkdir(this.#folder.place, { recursive: true, mode: 0o700 });
    return this.#folder.sweep();
  }
}
