import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, link, lstat, open, readFile, readdir, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { Digest, Production, Staged } from '../../core/promotion/ports.ts';
import { isAbandoned, partialName, promoterOf, thisPromoter } from './partials.ts';

/**
 * A folder, local or mounted over NFS, as a place for files that never change.
 *
 * A name is given with link(2): it fails where the name is taken, is atomic, and is so on NFS too, where rename(2) overwrites and
 * a check before it races. The file's bytes are durable and read-only before it has a name that anybody reads.
 */
export class FolderProduction implements Production {
  readonly place: string;

  constructor(folder: string) {
    this.place = resolve(folder);
  }

  async names(): Promise<readonly string[]> {
    const all = await this.#attempt(() => readdir(this.place));
    return all.filter((name) => !name.startsWith('.'));
  }

  async size(name: string): Promise<number> {
    return (await this.#attempt(() => stat(join(this.place, name)))).size;
  }

  async digest(name: string, algorithm: Digest['algorithm'], signal?: AbortSignal): Promise<string> {
    const hash = createHash(algorithm);
    await this.#attempt(async () => {
      const stream = createReadStream(join(this.place, name), { highWaterMark: 1 << 20, signal });
      for await (const chunk of stream) hash.update(chunk as Uint8Array);
    });
    return hash.digest('hex');
  }

  async stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    const path = join(this.place, partialName(name, thisPromoter()));
    const handle = await this.#attempt(() => open(path, 'wx', 0o600));
    try {
      await this.#attempt(async () => {
        await handle.writeFile(bytes);
        await handle.sync();
      });
      await this.#attempt(() => chmod(path, 0o444));
    } catch (thrown) {
      await unlink(path).catch(() => undefined);
      throw thrown;
    } finally {
      await handle.close();
    }
    return {
      path,
      publish: (final) => this.#attempt(() => this.#publish(path, join(this.place, final))),
      withdraw: (final) => this.#attempt(() => this.#withdraw(path, join(this.place, final))),
      discard: async () => {
        await unlink(path).catch(() => undefined); // what stays is swept by the next promoter
      },
    };
  }

  async seal(name: string, sha256: string): Promise<void> {
    const sealName = `${name}.sha256`;
    const text = `${sha256}  ${name}\n`; // as sha256sum -c reads it
    if (await this.#holds(sealName, text)) return;
    const staged = await this.stage(sealName, once(Buffer.from(text)));
    try {
      if ((await staged.publish(sealName)) === 'taken') await this.#holds(sealName, text);
    } finally {
      await staged.discard();
    }
  }

  async sweep(): Promise<readonly string[]> {
    const self = thisPromoter();
    const swept: string[] = [];
    for (const name of await this.#attempt(() => readdir(this.place))) {
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

  async #withdraw(partial: string, final: string): Promise<void> {
    if (!(await isSameFile(partial, final))) return;
    await unlink(final);
    await this.#syncFolder();
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

/** The errno name of what a file operation threw, or null. */
export function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}

interface Meaning {
  readonly code: string;
  readonly what: string;
  readonly next: string;
}

const cancelled: Meaning = { code: 'cancelled', what: 'the promotion was cancelled', next: 'Promote again.' };
const missing: Meaning = {
  code: 'production-missing',
  what: 'there is no such folder',
  next: 'Mount it, or give another with --production.',
};
const readOnly: Meaning = {
  code: 'production-read-only',
  what: 'it cannot be written',
  next: 'Mount it for writing, or ask its owner for the right to.',
};
const full: Meaning = {
  code: 'production-full',
  what: 'it has no room left',
  next: 'Make room there, then promote again.',
};
const noLinks: Meaning = {
  code: 'production-no-links',
  what: 'its file system has no hard links, so a name cannot be given safely',
  next: 'Use a folder on NFS, ext4, xfs, APFS or the like.',
};
const failed: Meaning = {
  code: 'production-failed',
  what: 'it failed',
  next: 'See that it is mounted and sound, then promote again.',
};

const meanings = new Map<string | null, Meaning>([
  ['ABORT_ERR', cancelled],
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  ['EACCES', readOnly],
  ['EROFS', readOnly],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EPERM', noLinks],
  ['ENOTSUP', noLinks],
  ['ENOSYS', noLinks],
]);

function folderError(thrown: unknown, place: string): ForgeError {
  if (thrown instanceof ForgeError) return thrown;
  const { code, what, next } = meanings.get(codeOf(thrown)) ?? failed;
  return new ForgeError(code, `${place}: ${what} (${reasonOf(thrown)}).`, next, { cause: thrown });
}
