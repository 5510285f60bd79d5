import { lstat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned, partialName, promoterOf, thisPromoter } from './partials.ts';

/** Removes those of a folder's files that promoters left which died, and returns their names. */
export async function sweepPartials(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const self = thisPromoter();
  const partials = names.flatMap((name) => {
    const writer = promoterOf(name);
    return writer === null ? [] : [{ name, writer }];
  });
  if (partials.length === 0) return [];
  const nowMs = await timeIn(folder);
  const swept: string[] = [];
  for (const { name, writer } of partials) {
    const path = join(folder, name);
    try {
      if (!isAbandoned(writer, (await lstat(path)).mtimeMs, nowMs, self)) continue;
      await unlink(path);
      swept.push(name);
    } catch {
      // Gone meanwhile, or not ours to remove: a leftover harms nobody.
    }
  }
  return swept;
}

/** By the clock that files there get their times from, which may be a server's; 0, when nothing is old, where none can be made. */
async function timeIn(folder: string): Promise<number> {
  const path = join(folder, partialName('now', thisPromoter()));
  try {
    await writeFile(path, '', { flag: 'wx' });
    return (await lstat(path)).mtimeMs;
  } catch {
    return 0;
  } finally {
    await unlink(path).catch(() => undefined);
  }
}
