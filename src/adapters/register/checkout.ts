import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { AllowlistFile } from '../../core/register/change.ts';
import type { AllowlistPlan, PlannedFile } from '../../core/register/plan.ts';

/** The names of the lists, where they are not the usual ones. */
export interface ListNames {
  readonly go?: string | undefined;
  readonly javascript?: string | undefined;
}

/** Where the companion app keeps its allowlists, from the root of a checkout. */
const allowlistFiles = ['internal/database/database.go', 'static/js/avatar.js'] as const;

/** A checkout of the companion app. */
export class AppCheckout {
  readonly folder: string;
  readonly #lists: ListNames;

  constructor(folder: string, lists: ListNames = {}) {
    this.folder = resolve(folder);
    this.#lists = lists;
  }

  /** Both files with their allowlists, as they are. Errors: `allowlist-missing`. */
  async read(): Promise<readonly AllowlistFile[]> {
    const [goFile, jsFile] = allowlistFiles;
    return [
      { file: goFile, language: 'go', list: this.#lists.go ?? null, text: await this.#text(goFile) },
      {
        file: jsFile,
        language: 'javascript',
        list: this.#lists.javascript ?? null,
        text: await this.#text(jsFile),
      },
    ];
  }

  /** Where a planned file lies, links followed. */
  async pathOf({ file }: Pick<PlannedFile, 'file'>): Promise<string> {
    return realpath(join(this.folder, file));
  }

  /**
   * Writes what was planned, both files or none; each is whole at every moment. Errors: `allowlist-changed` (since the plan was
   * made), `allowlist-not-written`.
   */
  async write({ files }: AllowlistPlan): Promise<void> {
    const changed = files.filter(({ edit }) => edit !== null);
    const written: PlannedFile[] = [];
    for (const { file, text } of files) {
      if ((await this.#text(file)) === text.before) continue;
      throw new ForgeError(
        'allowlist-changed',
        `${file} was changed since it was read. Nothing was written.`,
        'Look at the change, then do it again.',
      );
    }
    try {
      for (const one of changed) {
        await this.#replace(one, one.text.after);
        written.push(one);
      }
    } catch (thrown) {
      for (const one of written) await this.#replace(one, one.text.before);
      throw new ForgeError(
        'allowlist-not-written',
        `${this.folder} could not be written: ${reasonOf(thrown)}. It is as it was.`,
        'See that you may write there and that there is room, then do it again.',
        { cause: thrown },
      );
    }
  }

  async #text(file: string): Promise<string> {
    try {
      return await readFile(join(this.folder, file), 'utf8');
    } catch (thrown) {
      throw new ForgeError(
        'allowlist-missing',
        `${this.folder} has no ${file} that can be read: ${reasonOf(thrown)}.`,
        'Give the root of a checkout of the companion app with --app.',
        { cause: thrown },
      );
    }
  }

  async #replace(planned: PlannedFile, text: string): Promise<void> {
    const path = await this.pathOf(planned);
    const { mode } = await stat(path);
    const beside = `${path}.${randomUUID()}.tmp`;
    try {
      await writeFile(beside, text, { flag: 'wx', mode });
      await rename(beside, path);
    } catch (thrown) {
      await rm(beside, { force: true });
      throw thrown;
    }
  }
}
