import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The .blend files in some folders that were written since, the newest first. A folder that is not there has none. */
export async function savedSince(folders: readonly string[], sinceMs: number): Promise<readonly string[]> {
  const found = (await Promise.all(folders.map(blendsIn))).flat();
  return found
    .filter(({ writtenMs }) => writtenMs >= sinceMs)
    .sort((a, b) => b.writtenMs - a.writtenMs)
    .map(({ path }) => path);
}

async function blendsIn(folder: string): Promise<readonly { path: string; writtenMs: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const blends = names.filter((name) => name.endsWith('.blend') && !name.startsWith('.'));
  const read = blends.map(async (name) => {
    const path = join(folder, name);
    return { path, writtenMs: (await stat(path)).mtimeMs };
  });
  return (await Promise.allSettled(read)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
