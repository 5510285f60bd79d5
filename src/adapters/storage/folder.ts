import type { Stats } from 'node:fs';
import { chmod, type FileHandle, link, lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { isOfKind, type PromotionKind } from '../../core/promotion/names.ts';
import type { Content, Digest, PublishedFile, Staged, Target, Transfer } from '../../core/promotion/ports.ts';
import { codeOf, folderError } from './folderErrors.ts';
import { partialName, thisPromoter } from './partials.ts';
import { hashFile, hasBytes, piecesOf, writePieces } from './pieces.ts';
import { isSeal, isSealed, sealOf } from './seal.ts';
import { sweepPartials } from './sweep.ts';

/** Everybody may read it, and nobody may write it. */
const publishedMode = 0o444;

/**
 * A folder, local or mounted over NFS, as a place for files that never change.
 *
 * A name is given with link(2): it fails where the name is taken, is atomic, and is so on NFS too, where rename(2) overwrites and
 * a check before it races. The file's bytes are durable and read-only before it has a name that anybody reads.
 */
export class FolderTarget implements Target {
  readonly place: string;
  readonly #isOurs: boolean;

  /** `below`: a folder in it that is made when the first file comes. */
  constructor(folder: string, below?: string) {
    this.place = resolve(folder, below ?? '.');
    this.#isOurs = below !== undefined;
  }

  guarantee(): Promise<'link'> {
    return Promise.resolve('link');
  }

  async names(): Promise<readonly string[]> {
    return (await this.#list()).filter((name) => !name.startsWith('.'));
  }

  async list(kind: PromotionKind): Promise<readonly PublishedFile[]> {
    const names = (await this.names()).filter((name) => isOfKind(name, kind));
    const found = await Promise.all(names.map((name) => this.#describe(name)));
    return found.flatMap((file) => file ?? []);
  }

  async holds(name: string, { size, digest }: Content, transfer?: Transfer): Promise<boolean> {
    if ((await this.#stat(name))?.size !== size) return false;
    return (await this.digest(name, digest.algorithm, transfer)) === digest.hex;
  }

  digest(name: string, algorithm: Digest['algorithm'], transfer: Transfer = {}): Promise<string> {
    return this.#attempt(() => hashFile(join(this.place, name), algorithm, transfer));
  }

  async stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    const { path, handle } = await this.#write(name, bytes);
    // Reaches the disk while it is compared; what has not is not told to be right, and gets no name.
    const lasting = this.#attempt(async () => {
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    lasting.catch(() => undefined);
    let known: { readonly hex: string; readonly changedMs: number } | null = null;
    return {
      path,
      sha256: async (transfer, like) => {
        let hex: string;
        try {
          const isLike =
            like !== undefined && (await this.#attempt(() => hasBytes(path, like.read(), transfer)));
          hex = isLike ? like.sha256 : await this.#attempt(() => hashFile(path, 'sha256', transfer));
        } finally {
          await lasting; // that it could not be written says more than what was read
        }
        // Naming it changes its ctime, but not its mtime.
        known = { hex, changedMs: (await this.#attempt(() => stat(path))).mtimeMs };
        return hex;
      },
      readBack: async (final, transfer) => {
        const there = join(this.place, final);
        const isLink = known !== null && (await isSameFile(path, there));
        const { mtimeMs } = await this.#attempt(() => stat(there));
        return isLink && known?.changedMs === mtimeMs ? known.hex : this.digest(final, 'sha256', transfer);
      },
      publish: async (final, hex) => {
        await lasting;
        if (!isSeal(final)) await this.#refuseUsed(final, hex);
        return this.#attempt(() => this.#publish(path, join(this.place, final)));
      },
      withdraw: (final) => this.#attempt(() => this.#withdraw(path, join(this.place, final))),
      discard: async () => {
        await lasting.catch(() => undefined);
        await unlink(path).catch(() => undefined); // what stays is swept by the next promoter
      },
    };
  }

  stageFile(name: string, path: string, transfer: Transfer = {}): Promise<Staged> {
    return this.stage(name, piecesOf(path, transfer));
  }

  /** Writes a file that nobody reads and that gets no name; `onWritten` is given its bytes as they read back. */
  async keep(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    onWritten?: (piece: Uint8Array) => void,
  ): Promise<string> {
    const { path, handle } = await this.#write(name, bytes, onWritten);
    await handle.close();
    return path;
  }

  /** It lies on this machine, mounted or not. */
  fetch(name: string): Promise<{ path: string; discard: () => Promise<void> }> {
    return Promise.resolve({ path: join(this.place, name), discard: () => Promise.resolve() });
  }

  async seal(name: string, sha256: string): Promise<void> {
    await this.#attempt(() => this.#protect(name));
    if (await this.#isSealed(name, sha256)) return;
    const seal = sealOf(name, sha256);
    const staged = await this.stage(seal.name, once(Buffer.from(seal.text)));
    try {
      if ((await staged.publish(seal.name, sha256)) === 'taken') await this.#isSealed(name, sha256);
    } finally {
      await staged.discard();
    }
  }

  async sweep(): Promise<readonly string[]> {
    return sweepPartials(this.place, await this.#list());
  }

  /** Errors leave nothing behind. */
  async #write(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    onWritten?: (piece: Uint8Array) => void,
  ): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    const path = join(this.place, partialName(name, thisPromoter()));
    await this.#attempt(() => this.#makeOurs());
    const handle = await this.#attempt(() => open(path, 'wx+', 0o600));
    try {
      await this.#attempt(async () => {
        await writePieces(handle, bytes, onWritten);
        await handle.chmod(publishedMode);
      });
      return { path, handle };
    } catch (thrown) {
      await handle.close().catch(() => undefined);
      await unlink(path).catch(() => undefined);
      throw thrown;
    }
  }

  async #publish(partial: string, final: string): Promise<'published' | 'taken'> {
    try {
      await link(partial, final);
    } catch (thrown) {
      // Over NFS an answer may be lost and the repeated request fail although the first one did it.
      if (!(await isSameFile(partial, final))) {
        if (codeOf(thrown) === 'EEXIST') return 'taken';
        throw thrown;
      }
    }
    await this.#syncFolder();
    return 'published';
  }

  async #withdraw(partial: string, final: string): Promise<boolean> {
    if (!(await isSameFile(partial, final))) return false;
    await unlink(final);
    await this.#syncFolder();
    return true;
  }

  /** Null where it is gone since, or no file. */
  async #describe(name: string): Promise<PublishedFile | null> {
    const found = await this.#stat(name);
    return found?.isFile() === true ? { name, size: found.size, modifiedMs: found.mtimeMs } : null;
  }

  /** Null where there is nothing of that name. */
  async #stat(name: string): Promise<Stats | null> {
    return this.#attempt(() =>
      stat(join(this.place, name)).catch((thrown: unknown) => {
        if (codeOf(thrown) === 'ENOENT') return null;
        throw thrown;
      }),
    );
  }

  async #list(): Promise<readonly string[]> {
    return this.#attempt(() =>
      readdir(this.place).catch(async (thrown: unknown) => {
        // The folder above must be there: one that is not mounted is no empty one.
        if (!this.#isOurs || codeOf(thrown) !== 'ENOENT') throw thrown;
        await stat(dirname(this.place));
        return [];
      }),
    );
  }

  /** What another program put there gets the mode of a published file. */
  async #protect(name: string): Promise<void> {
    const path = join(this.place, name);
    const { mode } = await stat(path);
    if ((mode & 0o777) === publishedMode) return;
    try {
      await chmod(path, publishedMode);
    } catch (thrown) {
      if ((mode & 0o222) === 0) return; // nobody can write it, and that is what counts
      throw new ForgeError(
        'mode-differs',
        `${path} holds the right bytes, but can be written, and that cannot be changed: ${reasonOf(thrown)}.`,
        `Let its owner run chmod ${publishedMode.toString(8)} on it, then promote again.`,
        { cause: thrown },
      );
    }
  }

  async #makeOurs(): Promise<void> {
    if (!this.#isOurs) return;
    await mkdir(this.place).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    });
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.place, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  #isSealed(name: string, sha256: string): Promise<boolean> {
    return this.#attempt(() => isSealed(this.place, name, sha256));
  }

  /** A name whose file was taken away is not given to other bytes: caches have the old ones, for a year. */
  async #refuseUsed(name: string, sha256: string): Promise<void> {
    try {
      await this.#isSealed(name, sha256);
    } catch (thrown) {
      if ((await this.#stat(name)) === null) throw thrown; // in this order, for the seal comes after the name
    }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw folderError(thrown, this.place);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([lstat(one, { bigint: true }), lstat(other, { bigint: true })]);
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}
