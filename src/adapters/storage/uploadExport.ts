import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import { parseName } from '../../core/promotion/names.ts';
import type { Rclone, RcloneRun } from './rclone.ts';
import { parseRemotePath, remotePathText } from './rcloneCommands.ts';

export interface UploadedExport {
  /** `REMOTE:PATH`, what {@link RcloneSource} takes. */
  readonly place: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Puts an export into the bucket promotion takes it from, under its own name, with what promotion wants to know of
 * it: Content-Type and sha256. Reads it back and compares. An earlier export of that name is replaced: only production is for ever.
 *
 * `folder` is `REMOTE:BUCKET/PREFIX`. Errors: `bad-name`, `bad-remote-path`, `source-missing` (the local file),
 * `upload-mismatch`, `cancelled`, and those of {@link Rclone}.
 */
export async function uploadExport(
  rclone: Rclone,
  file: string,
  folder: string,
  run: RcloneRun = {},
): Promise<UploadedExport> {
  const name = parseName(basename(file));
  const to = parseRemotePath(`${folder.replace(/\/$/, '')}/${name}`);
  const local = await hashOf(createReadStream(file, { highWaterMark: 1 << 20, signal: run.signal })).catch(
    (thrown: unknown) => {
      if (run.signal?.aborted === true) {
        throw new ForgeError('cancelled', 'The upload was cancelled.', 'Start it again.', { cause: thrown });
      }
      throw toForgeError(thrown, 'source-missing', `${file} cannot be read`, 'Export the model first.');
    },
  );
  await rclone.upload(
    file,
    to,
    { 'Content-Type': 'model/gltf-binary', 'X-Amz-Meta-Sha256': local.sha256 },
    run,
  );
  const back = await hashOf(rclone.read(to, run.signal));
  if (back.sha256 !== local.sha256) {
    throw new ForgeError(
      'upload-mismatch',
      `${remotePathText(to)} read back is ${back.size} bytes with sha256 ${back.sha256}, not ${local.size} with ${local.sha256}.`,
      'The file was changed during the upload, or damaged on the way: upload it again.',
    );
  }
  return { place: remotePathText(to), ...local };
}

async function hashOf(bytes: AsyncIterable<unknown>): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size };
}
