import type { BigIntStats } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { optimise, type Optimised, type OptimiseWishes } from '../../core/vrm/optimise/optimise.ts';
import { meshCompressor } from './meshCompressor.ts';
import { pictureCodec } from './pictureCodec.ts';

/**
 * Writes a lighter copy of a model, all of it or nothing; never over the model itself, nor over a write-protected file. Errors:
 * `model-unreadable`, `file-exists`, `model-packed`, `picture-unreadable`, `expressions-changed`, `not-written`.
 */
export async function optimiseFile(
  model: string,
  copy: string,
  { replace, ...wishes }: OptimiseWishes & { readonly replace: boolean },
): Promise<Optimised> {
  const vrm = await readFile(model).catch((thrown: unknown) => {
    throw new ForgeError('model-unreadable', `${model}: ${reasonOf(thrown)}.`, 'Give a .vrm file.');
  });
  await mayBeWritten(model, copy, replace);
  const made = await optimise(vrm, wishes, { pictures: pictureCodec(), meshes: meshCompressor() });
  const partial = `${copy}.${process.pid}.partial`;
  try {
    await writeFile(partial, made.bytes);
    await rename(partial, copy);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw new ForgeError(
      'not-written',
      `${copy}: ${reasonOf(thrown)}.`,
      'Choose a place that can be written.',
    );
  }
  return made;
}

/** Error: `file-exists`. */
async function mayBeWritten(model: string, copy: string, replace: boolean): Promise<void> {
  const [own, there] = await Promise.all([identityOf(model), identityOf(copy)]);
  if (there === null) return;
  const refuse = (what: string, next: string): never => {
    throw new ForgeError('file-exists', what, next);
  };
  // The same file under another name, too: by a symbolic or a hard link.
  if (own?.dev === there.dev && own.ino === there.ino)
    refuse('The copy would replace the model itself.', 'Choose another name for the copy.');
  if (!replace) refuse(`${copy} is there already.`, 'Choose another name, or replace it.');
  // A rename asks the folder alone: it would replace what a promotion protects.
  if ((there.mode & 0o222n) === 0n)
    refuse(`${copy} is write-protected.`, 'Choose another name for the copy.');
}

function identityOf(file: string): Promise<BigIntStats | null> {
  return stat(file, { bigint: true }).catch(() => null);
}
