import { mkdir } from 'node:fs/promises';
import type { KeptBytes, Staged, Staging } from '../../core/promotion/ports.ts';
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

  async keep(name: string, bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes> {
    const staged = await this.#stage(name, bytes);
    const local = new LocalSource(staged.path);
    return { path: staged.path, read: (signal) => local.read(signal), discard: () => staged.discard() };
  }

  async #stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    await mkdir(this.#folder.place, { recursive: true, mode: 0o700 });
    return this.#folder.stage(name, bytes, false);
  }

  async sweep(): Promise<readonly string[]> {
    await mkdir(this.#folder.place, { recursive: true, mode: 0o700 });
    return this.#folder.sweep();
  }
}
