import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readFile, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ForgeError } from '../../core/errors.ts';
import type { Content, Digest, KnownBytes, Staged, Target, Transfer } from '../../core/promotion/ports.ts';
import { codeOf, folderError } from './folderErrors.ts';
import { isAbandoned, partialName, promoterOf, thisPromoter } from './partials.ts';

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

  async holds(name: string, { size, digest }: Content, signal?: AbortSignal): Promise<boolean> {
    const found = await this.#attempt(() =>
      stat(join(this.place, name)).catch((thrown: unknown) => {
        if (codeOf(thrown) === 'ENOENT') return null;
        throw thrown;
      }),
    );
    if (found?.size !== size) return false;
    return (await this.digest(name, digest.algorithm, { signal })) === digest.hex;
  }

  digest(name: string, algorithm: Digest['algorithm'], transfer: Transfer = {}): Promise<string> {
    return this.#digest(join(this.place, name), algorithm, transfer);
  }

  /** `isLasting`: on the disk when it returns, as what gets a name must be. */
  async stage(name: string, bytes: AsyncIterable<Uint8Array>, isLasting = true): Promise<Staged> {
    const path = join(this.place, partialName(name, thisPromoter()));
    await this.#attempt(() => this.#makeOurs());
    const handle = await this.#attempt(() => open(path, 'wx', 0o600));
    try {
      await this.#attempt(async () => {
        await handle.writeFile(bytes);
        if (isLasting) await handle.sync();
      });
      await this.#attempt(() => chmod(path, 0o444));
    } catch (thrown) {
      await unlink(path).catch(() => undefined);
      throw thrown;
    } finally {
      await handle.close();
    }
    let known: { readonly hex: string; readonly changedMs: number } | null = null;
    const sha256 = async (transfer: Transfer = {}, like?: KnownBytes): Promise<string> => {
      const isLike = like !== undefined && (await this.#equals(path, like, transfer));
      const hex = isLike ? like.sha256 : await this.#digest(path, 'sha256', transfer);
      // Naming it changes its ctime, but not its mtime.
      known = { hex, changedMs: (await this.#attempt(() => stat(path))).mtimeMs };
      return hex;
    };
    return {
      path,
      sha256,
      readBack: async (final, transfer) => {
        const there = join(this.place, final);
        const isLink = known !== null && (await isSameFile(path, there));
        const { mtimeMs } = await this.#attempt(() => stat(there));
        return isLink && known?.changedMs === mtimeMs ? known.hex : this.digest(final, 'sha256', transfer);
      },
      publish: (final) => this.#attempt(() => this.#publish(path, join(this.place, final))),
      withdraw: (final) => this.#attempt(() => this.#withdraw(path, join(this.place, final))),
      discard: async () => {
        await unlink(path).catch(() => undefined); // what stays is swept by the next promoter
      },
    };
  }

  stageFile(name: string, path: string, transfer: Transfer = {}): Promise<Staged> {
    return this.stage(name, this.#read(path, transfer));
  }

  /** It lies on this machine, mounted or not. */
  fetch(name: string): Promise<{ path: string; discard: () => Promise<void> }> {
    return Promise.resolve({ path: join(this.place, name), discard: () => Promise.resolve() });
  }

  async seal(name: string, sha256: string): Promise<void> {
    const sealName = `${name}.sha256`;
    const text = `${sha256}  ${name}\n`; // as sha256sum -c reads it
    if (await this.#holds(sealName, text)) return;
    const staged = await this.stage(sealName, once(Buffer.from(text)));
    try {
      if ((await staged.publish(sealName, sha256)) === 'taken') await this.#holds(sealName, text);
    } finally {
      await staged.discard();
    }
  }

  async sweep(): Promise<readonly string[]> {
    const self = thisPromoter();
    const swept: string[] = [];
    for (const name of await this.#list()) {
      const writer = promoterOf(name);
      if (writer === null) continue;
      const path = join(this.place, name);
      try {
        if (!isAbandoned(writer, (await lstat(path)).mtimeMs, Date.now(), self)) continue;
        await unlink(path);
        swept.push(name);
      } catch {
        // Gone meanwhile, or not ours to remove: a leftover harms nobody.
      }
    }
    return swept;
  }

  async #digest(path: string, algorithm: Digest['algorithm'], transfer: Transfer): Promise<string> {
    const hash = createHash(algorithm);
    await this.#attempt(async () => {
      for await (const chunk of this.#read(path, transfer)) hash.update(chunk);
    });
    return hash.digest('hex');
  }

  /** Whether a file has these bytes and no others. */
  async #equals(path: string, known: KnownBytes, transfer: Transfer): Promise<boolean> {
    const original = known.read()[Symbol.asyncIterator]();
    try {
      let rest: Uint8Array = new Uint8Array();
      let at = 0;
      for await (const chunk of this.#read(path, transfer)) {
        for (let done = 0; done < chunk.length;) {
          if (at === rest.length) {
            const next = await original.next();
            if (next.done === true) return false;
            [rest, at] = [next.value, 0];
          }
          const count = Math.min(chunk.length - done, rest.length - at);
          const same =
            Buffer.compare(chunk.subarray(done, done + count), rest.subarray(at, at + count)) === 0;
          if (!same) return false;
          done += count;
          at += count;
        }
      }
      return at === rest.length && (await original.next()).done === true;
    } finally {
      await original.return?.();
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

  async *#read(path: string, { signal, onBytes }: Transfer): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      count += (chunk as Uint8Array).length;
      onBytes?.(count);
      yield chunk as Uint8Array;
    }
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

  /** Whether the seal is there and right. */
  async #holds(sealName: string, text: string): Promise<boolean> {
    const found = await this.#attempt(() =>
      readFile(join(this.place, sealName), 'utf8').catch((thrown: unknown) => {
        if (codeOf(thrown) === 'ENOENT') return null;
        throw thrown;
      }),
    );
    if (found === null) return false;
    if (found === text) return true;
    throw new ForgeError(
      'seal-differs',
      `${join(this.place, sealName)} does not tell the sha256 of the file it stands beside.`,
      'Find out who wrote it, remove it, then promote again.',
    );
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
