import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { toForgeError } from '../../core/errors.ts';

/** The command library as text, ready to be shipped. */
export interface LibraryText {
  /** Path below the add-on's folder, with `/` → Python source. */
  readonly files: Readonly<Record<string, string>>;
  /** sha256 over all of it, hex: which library a Blender holds. */
  readonly digest: string;
}

/** Reads blender-addon/avatar_forge/commands once, when a stock add-on is met. */
export class CommandLibrary {
  readonly #addon: string;
  #text: Promise<LibraryText> | null = null;

  /** @param addon the folder blender-addon/avatar_forge */
  constructor(addon: string) {
    this.#addon = addon;
  }

  /** Error: `library-missing`. */
  text(): Promise<LibraryText> {
    this.#text ??= read(this.#addon);
    return this.#text;
  }
}

async function read(addon: string): Promise<LibraryText> {
  try {
    const names = await readdir(join(addon, 'commands'), { recursive: true });
    const paths = names.filter((name) => name.endsWith('.py')).sort();
    const files: Record<string, string> = {};
    for (const path of paths) {
      files[`commands/${path.split(sep).join('/')}`] = await readFile(join(addon, 'commands', path), 'utf8');
    }
    return { files, digest: createHash('sha256').update(JSON.stringify(files)).digest('hex') };
  } catch (thrown) {
    throw toForgeError(
      thrown,
      'library-missing',
      'The command library for stock add-ons cannot be read',
      'Install Avatar Forge again, or install its add-on in Blender.',
    );
  }
}
