import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { optimise, type Optimised, type OptimiseWishes } from '../../core/vrm/optimise/optimise.ts';
import { meshCompressor } from './meshCompressor.ts';
import { pictureCodec } from './pictureCodec.ts';

/**
 * Writes a lighter copy of a model, all of it or nothing. Errors: `model-unreadable`, `file-exists`, `model-packed`,
 * `picture-unreadable`, `not-written`.
 */
export async function optimiseFile(
  model: string,
  copy: string,
  { replace, ...wishes }: OptimiseWishes & { readonly replace: boolean },
): Promise<Optimised> {
  const vrm = await readFile(model).catch((thrown: unknown) => {
    throw new ForgeError('model-unreadable', `${model}: ${reasonOf(thrown)}.`, 'Give a .vrm file.');
  });
  if (!replace && (await isThere(copy)))
    throw new ForgeError('file-exists', `${copy} is there already.`, 'Choose another name, or replace it.');
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

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
