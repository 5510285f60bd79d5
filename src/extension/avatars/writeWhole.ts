import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The bytes of a file: all at once, or as they come. */
export type FileBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a file that is under its name only when all of it is there; makes its folder. Leaves nothing of it when that fails. */
export async function writeWhole(path: string, bytes: FileBytes): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  }
}
