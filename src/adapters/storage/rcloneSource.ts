import type { Digest, Source, SourceVersion } from '../../core/promotion/ports.ts';
import type { Rclone } from './rclone.ts';
import { parseRemotePath, type RemotePath } from './rcloneCommands.ts';

/** A file in a remote as the source of a promotion: S3, or whatever else rclone reaches. */
export class RcloneSource implements Source {
  readonly place: string;
  readonly path = null;
  readonly #path: RemotePath;
  readonly #rclone: Rclone;

  /** `place` is `REMOTE:PATH`. Errors: `bad-remote-path`. */
  constructor(rclone: Rclone, place: string) {
    this.#rclone = rclone;
    this.#path = parseRemotePath(place);
    this.place = place;
  }

  async inspect(signal?: AbortSignal): Promise<SourceVersion> {
    const { name, size, sha256, md5 } = await this.#rclone.stat(this.#path, signal);
    return { name, size, digest: strongest(sha256, md5) };
  }

  mark(): Promise<null> {
    return Promise.resolve(null);
  }

  /**
   * The bytes of whatever version is there now: that it is the one that was inspected shows in their hash, which a
   * conditional request could not tell for backends other than S3.
   */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#rclone.read(this.#path, signal);
  }
}

function strongest(sha256: string | null, md5: string | null): Digest | null {
  if (sha256 !== null) return { algorithm: 'sha256', hex: sha256 };
  return md5 === null ? null : { algorithm: 'md5', hex: md5 };
}
