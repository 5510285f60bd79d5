/** The sha256 of a published file, in a file beside it, as `sha256sum -c` reads it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../../core/errors.ts';
import { codeOf } from './folderErrors.ts';

const ending = '.sha256';

export function sealOf(name: string, sha256: string): { readonly name: string; readonly text: string } {
  return { name: `${name}${ending}`, text: `${sha256}  ${name}\n` };
}

export function isSeal(name: string): boolean {
  return name.endsWith(ending);
}

/** Whether the file's seal is there and tells of these bytes. Errors: `seal-differs`, and those of the file system. */
export async function isSealed(folder: string, name: string, sha256: string): Promise<boolean> {
  const seal = sealOf(name, sha256);
  const path = join(folder, seal.name);
  const found = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  });
  if (found === null || found === seal.text) return found !== null;
  throw new ForgeError(
    'seal-differs',
    `${path} tells of other bytes than these, as if ${name} had been published before.`,
    `Find out who wrote it. Where users may have had other bytes as ${name}, promote under another name; else remove it, then promote again.`,
  );
}
