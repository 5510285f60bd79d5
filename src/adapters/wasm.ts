import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { findInstallation } from './home.ts';

/** A WebAssembly file of a package (`package/folder/file.wasm`): the build puts it into dist/wasm, before it it comes from its package. */
export function readWasm(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const built = join(findInstallation(import.meta.dirname).wasm, basename(file));
  return readFile(existsSync(built) ? built : createRequire(import.meta.url).resolve(file));
}
