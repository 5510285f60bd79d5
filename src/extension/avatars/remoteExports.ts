import { openRclone, type Rclone } from '../../adapters/storage/rclone.ts';
import { parseRemotePath, type RcloneRemote } from '../../adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../../adapters/storage/rcloneSource.ts';
import type { Source } from '../../core/promotion/ports.ts';
import type { RemoteFolder } from './store.ts';

/** A folder of one of the user's rclone remotes. Errors: `rclone-missing`, `rclone-too-old`, `bad-remote-path`. */
export async function openRemoteExports(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  remotes: readonly RcloneRemote[] = [],
): Promise<RemoteFolder> {
  return new RemoteExports(await openRclone({ env, remotes }), folder);
}

class RemoteExports implements RemoteFolder {
  readonly #rclone: Rclone;
  readonly #folder: string;

  constructor(rclone: Rclone, folder: string) {
    this.#rclone = rclone;
    this.#folder = folder.replace(/\/$/, '');
  }

  list(): ReturnType<RemoteFolder['list']> {
    return this.#rclone.list(parseRemotePath(this.#folder));
  }

  async read(name: string, signal?: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#rclone.read(parseRemotePath(this.#placeOf(name)), signal))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  source(name: string): Source {
    return new RcloneSource(this.#rclone, this.#placeOf(name));
  }

  #placeOf(name: string): string {
    return `${this.#folder}/${name}`;
  }
}
