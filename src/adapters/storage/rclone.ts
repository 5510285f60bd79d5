import { execa } from 'execa';
import * as z from 'zod';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import {
  catArguments,
  featuresArguments,
  listArguments,
  removeArguments,
  rcloneEnvironment,
  type RcloneRemote,
  type RemotePath,
  remotePathText,
  secretsIn,
  statArguments,
  uploadArguments,
} from './rcloneCommands.ts';
import { parseRcloneLine, parseRcloneVersion, rcloneFailure } from './rcloneLog.ts';

/** Since 1.72 a conditional header reaches S3, and since 1.63 a target never shows half a file. */
const oldest = [1, 72] as const;

/** Where a command that was told to end is ended by force. */
const killAfterMs = 2000;

export interface RcloneOptions {
  /** Default: `AVATAR_FORGE_RCLONE` of the environment, else `rclone` on the path. */
  readonly binary?: string | undefined;
  readonly remotes?: readonly RcloneRemote[] | undefined;
  readonly env: NodeJS.ProcessEnv;
}

export interface RcloneRun {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number, total: number) => void) | undefined;
}

const statSchema = z.object({
  Name: z.string(),
  Size: z.number(),
  IsDir: z.boolean(),
  MimeType: z.string().optional(),
  Hashes: z.object({ md5: z.string().optional(), sha256: z.string().optional() }).optional(),
  Metadata: z.record(z.string(), z.string()).optional(),
});

const featuresSchema = z.object({
  MetadataInfo: z.object({ System: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

const listSchema = z.array(z.object({ Name: z.string(), Size: z.number(), ModTime: z.string() }));

/** A file in a listing of a remote. */
export interface RemoteEntry {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** A file in a remote. */
export interface RemoteStat {
  readonly name: string;
  readonly size: number;
  /** What it is served as, or what rclone takes its name for where the backend does not say. */
  readonly mime: string | null;
  /** From the backend or from the object's metadata; null where neither has it. */
  readonly sha256: string | null;
  /** What was written into its metadata when it was put; null where the backend keeps none. */
  readonly sealed: string | null;
  /** Null for an object that was uploaded in parts by another tool, and where the backend has no MD5. */
  readonly md5: string | null;
  /** Null where the backend keeps none. */
  readonly cacheControl: string | null;
}

/**
 * rclone as a child process. Secrets go by its environment, failures come as {@link ForgeError}s: `source-missing`,
 * `storage-denied`, `storage-conflict` (a condition of a header does not hold), `storage-unsupported`, `unknown-remote`,
 * `storage-unreachable`, `cancelled`; and `rclone-missing`, `rclone-too-old`.
 */
export class Rclone {
  readonly #binary: string;
  readonly #env: Readonly<Record<string, string>>;
  #version: Promise<string> | null = null;

  constructor({ binary, remotes = [], env }: RcloneOptions) {
    this.#binary = binary ?? env['AVATAR_FORGE_RCLONE'] ?? 'rclone';
    this.#env = rcloneEnvironment(env, remotes);
  }

  /**
   * Asked once, and before anything is written; of one that only reads, only what failed, for what it read is hashed anyway.
   * Errors: `rclone-missing`, `rclone-too-old`.
   */
  version(): Promise<string> {
    this.#version ??= versionOf(this.#binary, this.#env);
    return this.#version;
  }

  async stat(path: RemotePath, signal?: AbortSignal): Promise<RemoteStat> {
    const found = statSchema.parse(await this.#json(statArguments(path), remotePathText(path), signal));
    // S3 has no folders: a key that is missing looks like an empty one.
    if (found.IsDir) throw rcloneFailure(remotePathText(path), ['object not found'], undefined, []);
    const sealed = sha256In(found.Metadata?.['sha256']);
    return {
      name: found.Name,
      size: found.Size,
      mime: found.MimeType ?? null,
      sha256: sha256In(found.Hashes?.sha256) ?? sealed,
      sealed,
      md5: found.Hashes?.md5 ?? null,
      cacheControl: found.Metadata?.['cache-control'] ?? null,
    };
  }

  /** Whether the remote's files have a type and a Cache-Control of their own, as objects of S3 do. */
  async keepsHeaders(remote: string): Promise<boolean> {
    const features = await this.#json(featuresArguments(remote), `${remote}:`, undefined);
    return featuresSchema.parse(features).MetadataInfo?.System?.['cache-control'] !== undefined;
  }

  /** The files right in a folder; none where it is missing, for S3 has no folders. */
  async list(folder: RemotePath, signal?: AbortSignal): Promise<readonly RemoteEntry[]> {
    const found = listSchema.parse(await this.#json(listArguments(folder), remotePathText(folder), signal));
    return found.map(({ Name, Size, ModTime }) => ({
      name: Name,
      size: Size,
      modifiedMs: Date.parse(ModTime),
    }));
  }

  /** The bytes of a file as they come. A missing file is no error here but an empty stream: look with {@link stat} first. */
  read(path: RemotePath, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#run(catArguments(path), remotePathText(path), { signal });
  }

  /** Puts a local file, replacing what is there. Progress comes ten times a second. */
  async upload(
    file: string,
    to: RemotePath,
    headers: Readonly<Record<string, string>>,
    run: RcloneRun = {},
  ): Promise<void> {
    await this.version(); // an old one would overwrite what is there
    const silence = this.#run(uploadArguments(file, to, headers), remotePathText(to), run);
    while ((await silence.next()).done !== true);
  }

  async remove(path: RemotePath): Promise<void> {
    await this.version();
    const silence = this.#run(removeArguments(path), remotePathText(path), {});
    while ((await silence.next()).done !== true);
  }

  async #json(args: readonly string[], place: string, signal: AbortSignal | undefined): Promise<unknown> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.#run(args, place, { signal }))
      text += decoder.decode(chunk, { stream: true });
    try {
      return JSON.parse(text);
    } catch (thrown) {
      await this.version();
      throw thrown;
    }
  }

  async *#run(
    args: readonly string[],
    place: string,
    { signal, onBytes }: RcloneRun,
  ): AsyncGenerator<Uint8Array> {
    const child = execa(this.#binary, args, {
      env: this.#env,
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      forceKillAfterDelay: killAfterMs,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    const messages: string[] = [];
    const listening = (async () => {
      for await (const line of child.iterable({ from: 'stderr', binary: false })) {
        const said = parseRcloneLine(line);
        if (said.kind === 'progress') onBytes?.(said.bytes, said.total);
        else if (said.level !== 'notice' || said.text.startsWith('Failed')) messages.push(said.text);
      }
    })();
    // Whoever stops reading early closes the pipe, which ends rclone.
    yield* child.iterable({ from: 'stdout', binary: true });
    const [result] = await Promise.all([child, listening]);
    // Ctrl-C in a terminal ends rclone too, which may be the first to go.
    if (result.isCanceled || (result.failed && signal?.aborted === true)) {
      throw new ForgeError('cancelled', `${place}: the transfer was cancelled.`, 'Start it again.', {
        cause: result,
      });
    }
    if (!result.failed) return;
    await this.version(); // what is not there, or too old, fails for that
    throw rcloneFailure(place, messages, result.exitCode, secretsIn(this.#env));
  }
}

function sha256In(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : null;
}

/** Finds rclone and looks at its version. Errors: `rclone-missing`, `rclone-too-old`. */
export async function openRclone(options: RcloneOptions): Promise<Rclone> {
  const rclone = new Rclone(options);
  await rclone.version();
  return rclone;
}

async function versionOf(program: string, env: Readonly<Record<string, string>>): Promise<string> {
  const next = `Install rclone ${oldest.join('.')} or newer (rclone.org/downloads), or name one in AVATAR_FORGE_RCLONE.`;
  const result = await execa(program, ['version'], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  const version = result.failed ? null : parseRcloneVersion(result.stdout);
  if (version === null) {
    const why = result.failed
      ? reasonOf(result.cause ?? result.shortMessage)
      : 'it does not tell its version';
    throw new ForgeError('rclone-missing', `${program} cannot be used as rclone: ${why}.`, next, {
      cause: result,
    });
  }
  const text = version.join('.');
  if (version[0] < oldest[0] || (version[0] === oldest[0] && version[1] < oldest[1])) {
    throw new ForgeError(
      'rclone-too-old',
      `${program} is rclone ${text}; older than ${oldest.join('.')} it cannot promote safely.`,
      next,
    );
  }
  return text;
}
