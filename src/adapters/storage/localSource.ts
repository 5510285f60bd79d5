import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { Source, SourceVersion } from '../../core/promotion/ports.ts';
import { codeOf } from './folderErrors.ts';
import { piecesOf } from './pieces.ts';

/** A file on this machine as the source of a promotion. It has no hash of its own: it is read twice. */
export class LocalSource implements Source {
  readonly place: string;
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.place = this.path;
  }

  async inspect(): Promise<SourceVersion> {
    const found = await stat(this.place).catch((thrown: unknown) => {
      throw sourceError(thrown, this.place);
    });
    if (!found.isFile()) {
      throw new ForgeError('source-missing', `${this.place} is not a file.`, 'Name the .vrm file itself.');
    }
    return { name: basename(this.place), size: found.size, digest: null };
  }

  /** A file's ctime cannot be set: whoever changes it, its times, its rights or its links moves it on. */
  async mark(): Promise<string> {
    const found = await stat(this.place, { bigint: true }).catch((thrown: unknown) => {
      throw sourceError(thrown, this.place);
    });
    return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
  }

  async *read(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* piecesOf(this.place, { signal });
    } catch (thrown) {
      throw sourceError(thrown, this.place);
    }
  }
}

function sourceError(thrown: unknown, place: string): ForgeError {
  const fail = (code: string, message: string, next: string): ForgeError =>
    new ForgeError(code, message, next, { cause: thrown });
  const errno = codeOf(thrown);
  if (errno === 'ABORT_ERR') return fail('cancelled', `Reading ${place} was cancelled.`, 'Promote again.');
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return fail('source-missing', `${place} does not exist.`, 'Export the model first, or mend the path.');
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return fail('storage-denied', `${place} may not be read.`, 'Ask its owner for the right to read it.');
  }
  return fail(
    'storage-unreachable',
    `${place} cannot be read: ${reasonOf(thrown)}.`,
    'See that its disk is mounted and sound.',
  );
}
