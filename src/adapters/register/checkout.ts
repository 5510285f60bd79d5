import { readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { AllowlistEdit, Register } from '../../core/promotion/ports.ts';
import { type AllowlistFile, type Change, readAllowlist } from '../../core/register/change.ts';
import { type AllowlistPlan, editsOf, planAllowlists } from '../../core/register/plan.ts';
import { partialName, thisPromoter } from '../storage/partials.ts';
import { sweepPartials } from '../storage/sweep.ts';
import { openGrammars } from './grammars.ts';

/** The names of the lists, where they are not the usual ones. */
export interface ListNames {
  readonly go?: string | undefined;
  readonly javascript?: string | undefined;
}

/** Where the companion app keeps its allowlists, from the root of a checkout. */
const goFile = 'internal/database/database.go';
const jsFile = 'static/js/avatar.js';

/** The allowlists in a checkout of the companion app. Errors: `allowlist-missing`, and those of `changeAllowlist`. */
export class AppCheckout implements Register {
  readonly place: string;
  readonly #lists: ListNames;

  constructor(folder: string, lists: ListNames = {}) {
    this.place = resolve(folder);
    this.#lists = lists;
  }

  async names(): Promise<readonly string[]> {
    const parse = await openGrammars();
    return [...new Set((await this.#read()).flatMap((file) => readAllowlist(file, parse)))];
  }

  async plan(change: Change): Promise<AllowlistPlan> {
    return planAllowlists(await this.#read(), change, await openGrammars());
  }

  async edits(change: Change): Promise<readonly AllowlistEdit[]> {
    return editsOf(await this.plan(change));
  }

  /**
   * Writes all files or none; each is whole at every moment. All are written beside their place before the first takes it: only who
   * dies between two names leaves one done, and the same edit again does the other. Errors: `register-changed`, `register-failed`.
   */
  async apply(edits: readonly AllowlistEdit[]): Promise<void> {
    for (const { file, before } of edits) {
      if ((await this.textOf(file)) !== before) throw registerChanged(file);
    }
    const waiting: Waiting[] = [];
    const done: AllowlistEdit[] = [];
    try {
      for (const { file, after } of edits) waiting.push(await this.#writeBeside(file, after));
      for (const [n, { path, beside }] of waiting.entries()) {
        await rename(beside, path);
        done.push(...edits.slice(n, n + 1));
      }
    } catch (thrown) {
      for (const { file, before } of done) {
        const { path, beside } = await this.#writeBeside(file, before);
        await rename(beside, path);
      }
      throw registerFailed(this.place, thrown);
    } finally {
      for (const { beside } of waiting) await rm(beside, { force: true });
    }
  }

  /** Of a file below the checkout. */
  protected async textOf(file: string): Promise<string> {
    return readFile(join(this.place, file), 'utf8');
  }

  async #read(): Promise<readonly AllowlistFile[]> {
    const { go = null, javascript = null } = this.#lists;
    return [
      { file: goFile, language: 'go', list: go, text: await this.#whole(goFile) },
      { file: jsFile, language: 'javascript', list: javascript, text: await this.#whole(jsFile) },
    ];
  }

  async #whole(file: string): Promise<string> {
    try {
      return await this.textOf(file);
    } catch (thrown) {
      throw new ForgeError(
        'allowlist-missing',
        `${this.place} has no ${file} that can be read: ${reasonOf(thrown)}.`,
        'Give the root of a checkout of the companion app with --app.',
        { cause: thrown },
      );
    }
  }

  /** With the file's mode, and where the link leads to; sweeps what who died there has left. */
  async #writeBeside(file: string, text: string): Promise<Waiting> {
    const path = await realpath(join(this.place, file));
    const { mode } = await stat(path);
    const folder = dirname(path);
    const ofFile = (await readdir(folder)).filter((name) => name.startsWith(`.${basename(path)}.`));
    await sweepPartials(folder, ofFile);
    const beside = join(folder, partialName(basename(path), thisPromoter()));
    try {
      await writeFile(beside, text, { flag: 'wx', mode });
      return { path, beside };
    } catch (thrown) {
      await rm(beside, { force: true });
      throw thrown;
    }
  }
}

/** A file's text beside its place. */
interface Waiting {
  readonly path: string;
  readonly beside: string;
}

/** A file is not what the edits were computed from. */
export function registerChanged(file: string): ForgeError {
  return new ForgeError(
    'register-changed',
    `${file} was changed since it was read. Nothing was written.`,
    'Look at the change, then do it again.',
  );
}

export function registerFailed(place: string, cause: unknown): ForgeError {
  return new ForgeError(
    'register-failed',
    `The allowlists in ${place} could not be written: ${reasonOf(cause)}. They are as they were.`,
    'See that you may write there and that there is room, then do it again.',
    { cause },
  );
}
