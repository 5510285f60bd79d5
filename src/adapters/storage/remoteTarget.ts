import { createHash } from 'node:crypto';
import { ForgeError } from '../../core/errors.ts';
import { isOfKind, type PromotionKind } from '../../core/promotion/names.ts';
import type {
  Content,
  Digest,
  Guarantee,
  KeptBytes,
  PublishedFile,
  Staged,
  Target,
  Transfer,
} from '../../core/promotion/ports.ts';
import { LocalSource } from './localSource.ts';
import type { Rclone, RemoteStat } from './rclone.ts';
import { parseRemotePath, type RemotePath, remotePathText } from './rcloneCommands.ts';
import type { StagingFolder } from './staging.ts';

/** What a file that never changes is served with. */
const publishedHeaders = {
  'Content-Type': 'model/gltf-binary',
  'Cache-Control': 'public, max-age=31536000, immutable',
} as const;

/** By this file a server is asked whether it refuses a second PUT of a name; it stays, so that asking again takes one request. */
const probeName = '.avatar-forge-probe';
const onlyIfFree = { 'If-None-Match': '*' } as const;

/**
 * A folder of an rclone remote as a place for files that never change. On an S3 server that honours conditional PUTs a name is given
 * by one, in a single request whatever the size; anywhere else all that can be done is to look first and to read back.
 */
export class RemoteTarget implements Target {
  readonly place: string;
  readonly #above: RemotePath;
  readonly #folder: RemotePath;
  readonly #rclone: Rclone;
  readonly #staging: StagingFolder;
  #guarantee: Promise<Guarantee> | null = null;

  /** `place` is `REMOTE:PATH`; `below`: a folder in it that is made with the first file. Errors: `bad-remote-path`. */
  constructor(rclone: Rclone, place: string, staging: StagingFolder, below?: string) {
    this.#rclone = rclone;
    this.#above = parseRemotePath(place.replace(/\/$/, ''));
    this.#folder =
      below === undefined ? this.#above : { ...this.#above, path: `${this.#above.path}/${below}` };
    this.#staging = staging;
    this.place = remotePathText(this.#folder);
  }

  guarantee(): Promise<Guarantee> {
    this.#guarantee ??= this.#probe();
    return this.#guarantee;
  }

  async names(signal?: AbortSignal): Promise<readonly string[]> {
    return (await this.#list(signal)).map(({ name }) => name);
  }

  async list(kind: PromotionKind, signal?: AbortSignal): Promise<readonly PublishedFile[]> {
    return (await this.#list(signal)).filter(({ name }) => isOfKind(name, kind));
  }

  async holds(name: string, { size, digest }: Content, transfer?: Transfer): Promise<boolean> {
    const found = await this.#find(name, transfer?.signal);
    if (found?.size !== size) return false;
    const known = digest.algorithm === 'sha256' ? found.sha256 : found.md5;
    if (known !== null && known !== digest.hex) return false; // what is said against it is believed unread
    return (await this.digest(name, digest.algorithm, transfer)) === digest.hex;
  }

  digest(name: string, algorithm: Digest['algorithm'], transfer: Transfer = {}): Promise<string> {
    return hashOf(algorithm, this.#rclone.read(this.#at(name), transfer.signal), transfer.onBytes);
  }

  async stage(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    const kept = await this.#staging.keep(name, bytes);
    return this.#staged(kept);
  }

  stageFile(_name: string, path: string): Promise<Staged> {
    const file = new LocalSource(path);
    const discard = (): Promise<void> => Promise.resolve(); // it is somebody else's
    return Promise.resolve(this.#staged({ path, read: (signal) => file.read(signal), discard }));
  }

  fetch(
    name: string,
    { signal, onBytes }: Transfer = {},
  ): Promise<{ path: string; discard: () => Promise<void> }> {
    return this.#staging.keep(name, counted(this.#rclone.read(this.#at(name), signal), onBytes));
  }

  /** In the object's metadata, where it came with the bytes; elsewhere in a file beside it. */
  async seal(name: string, sha256: string): Promise<void> {
    const found = await this.#rclone.stat(this.#at(name));
    await this.#refuseOtherHeaders(name, found, found.sealed === sha256);
    if (found.sealed === sha256) return;
    const text = `${sha256}  ${name}\n`; // as sha256sum -c reads it
    const sealName = `${name}.sha256`;
    if ((await this.#find(sealName)) === null) {
      const kept = await this.#staging.keep(sealName, once(text));
      try {
        await this.#rclone.upload(kept.path, this.#at(sealName), {});
      } finally {
        await kept.discard();
      }
    }
    if ((await this.#text(sealName)) === text) return;
    throw new ForgeError(
      'seal-differs',
      `${this.place}/${sealName} does not tell the sha256 of the file it stands beside.`,
      'Find out who wrote it, remove it, then promote again.',
    );
  }

  /** Of what we put, a server may not tell the Cache-Control; what another program put has to show both headers. */
  async #refuseOtherHeaders(
    name: string,
    { mime, cacheControl }: RemoteStat,
    isOurs: boolean,
  ): Promise<void> {
    const wanted = publishedHeaders['Cache-Control'];
    const isRight = isOurs
      ? cacheControl === null || cacheControl === wanted
      : cacheControl === wanted && mime === publishedHeaders['Content-Type'];
    if (isRight || !(await this.#rclone.keepsHeaders(this.#folder.remote))) return;
    throw new ForgeError(
      'headers-differ',
      `${name} in ${this.place} holds the right bytes, but as ${mime ?? 'no type'} with Cache-Control ` +
        `${cacheControl ?? 'missing'}.`,
      'Remove it there, then promote again: it was put there by another program, and its headers cannot be changed.',
    );
  }

  /** A remote shows nothing half: leftovers are in the staging folder here. */
  sweep(): Promise<readonly string[]> {
    return this.#staging.sweep();
  }

  #staged(bytes: Omit<KeptBytes, 'mark'>): Staged {
    const { path } = bytes;
    let written: string | null = null;
    return {
      path,
      sha256: ({ signal, onBytes } = {}) => hashOf('sha256', bytes.read(signal), onBytes),
      readBack: (name, transfer) => this.digest(name, 'sha256', transfer),
      publish: (name, sha256, transfer = {}) => {
        written = sha256;
        return this.#publish(path, name, sha256, transfer);
      },
      withdraw: async (name) => {
        // Only what says that it is ours is removed: without a conditional PUT somebody else may have come after us.
        if (written === null || (await this.#find(name))?.sealed !== written) return false;
        await this.#rclone.remove(this.#at(name));
        return true;
      },
      discard: () => bytes.discard(),
    };
  }

  async #publish(
    path: string,
    name: string,
    sha256: string,
    { signal, onBytes }: Transfer,
  ): Promise<'published' | 'taken'> {
    const isSure = (await this.guarantee()) === 'conditional-put';
    if (!isSure && (await this.#find(name, signal)) !== null) return 'taken';
    const headers = { ...publishedHeaders, 'X-Amz-Meta-Sha256': sha256, ...(isSure ? onlyIfFree : {}) };
    try {
      await this.#rclone.upload(path, this.#at(name), headers, { signal, onBytes });
      return 'published';
    } catch (thrown) {
      if (codeIs(thrown, 'storage-conflict')) return 'taken';
      if (signal?.aborted !== true) {
        // The answer may be lost although the server did it.
        const found = await this.#find(name).catch(() => null);
        if (found?.sealed === sha256) return 'published';
      }
      throw targetError(thrown, this.place);
    }
  }

  /** Nothing that is hidden. */
  async #list(signal: AbortSignal | undefined): Promise<readonly PublishedFile[]> {
    try {
      const found = await this.#rclone.list(this.#folder, signal);
      return found.filter(({ name }) => !name.startsWith('.'));
    } catch (thrown) {
      if (this.#above === this.#folder || !codeIs(thrown, 'source-missing'))
        throw targetError(thrown, this.place);
    }
    await this.#rclone.list(this.#above, signal).catch((thrown: unknown) => {
      throw targetError(thrown, this.place);
    });
    return [];
  }

  /** Puts a tiny file twice, if it is not there yet: only a server that refuses the second keeps names. */
  async #probe(): Promise<Guarantee> {
    const kept = await this.#staging.keep(probeName.slice(1), once('Avatar Forge asks with this file.\n'));
    try {
      for (let put = 1; put <= 2; put++) {
        await this.#rclone.upload(kept.path, this.#at(probeName), onlyIfFree);
      }
      return 'look-first';
    } catch (thrown) {
      if (codeIs(thrown, 'storage-conflict')) return 'conditional-put';
      if (codeIs(thrown, 'storage-unsupported')) return 'look-first';
      throw targetError(thrown, this.place);
    } finally {
      await kept.discard();
    }
  }

  /** Null where there is nothing of that name. */
  async #find(name: string, signal?: AbortSignal): Promise<RemoteStat | null> {
    try {
      return await this.#rclone.stat(this.#at(name), signal);
    } catch (thrown) {
      if (codeIs(thrown, 'source-missing')) return null;
      throw thrown;
    }
  }

  async #text(name: string): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of this.#rclone.read(this.#at(name)))
      text += decoder.decode(chunk, { stream: true });
    return text;
  }

  #at(name: string): RemotePath {
    return { remote: this.#folder.remote, path: `${this.#folder.path}/${name}` };
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

async function hashOf(
  algorithm: Digest['algorithm'],
  bytes: AsyncIterable<Uint8Array>,
  onBytes?: (count: number) => void,
): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of counted(bytes, onBytes)) hash.update(chunk);
  return hash.digest('hex');
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    onBytes?.(count);
    yield chunk;
  }
}

function codeIs(thrown: unknown, code: string): boolean {
  return thrown instanceof ForgeError && thrown.code === code;
}

/** What is missing there is no source. */
function targetError(thrown: unknown, place: string): unknown {
  if (!codeIs(thrown, 'source-missing')) return thrown;
  return new ForgeError(
    'production-missing',
    `${place}: there is no such bucket or folder.`,
    'Make it, or give another place.',
    { cause: thrown },
  );
}
