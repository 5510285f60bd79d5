import { createTwoFilesPatch } from 'diff';
import { ForgeError } from '../errors.ts';
import type { AllowlistEdit, RegisterChange } from '../promotion/ports.ts';
import { kindOf, parseName, splitVersion, versionsOf, withExtension } from '../promotion/names.ts';
import { type AllowlistFile, type Change, changeAllowlist } from './change.ts';
import type { Parse } from './syntax.ts';

/** A change of both allowlists, as a value: it can be shown as a diff, then applied. Nothing is applied unless both can be. */
export interface AllowlistPlan {
  readonly change: Change;
  readonly files: readonly PlannedFile[];
  /** No file changes: all is so already. */
  readonly isDone: boolean;
}

export interface PlannedFile {
  readonly file: string;
  readonly list: string;
  /** The models that it names. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly copied: readonly string[];
  readonly text: { readonly before: string; readonly after: string };
}

/** Errors: those of {@link changeAllowlist}. */
export function planAllowlists(files: readonly AllowlistFile[], change: Change, parse: Parse): AllowlistPlan {
  const planned = files.map((file) => {
    const { text, ...rest } = changeAllowlist(file, change, parse);
    return {
      file: file.file,
      ...rest,
      text: { before: file.text, after: text },
    };
  });
  return { change, files: planned, isDone: planned.every(({ text }) => text.before === text.after) };
}

/** What changes, file by file. */
export function editsOf({ files }: AllowlistPlan): readonly AllowlistEdit[] {
  return files.flatMap(({ file, text }) => (text.before === text.after ? [] : [{ file, ...text }]));
}

/** Edits as a unified diff; empty where nothing changes. */
export function diffOf(edits: readonly AllowlistEdit[]): string {
  return edits
    .map(({ file, before, after }) =>
      createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, {
        headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
      }),
    )
    .join('');
}

/** A model's name as it was typed, checked. Errors: `bad-name`, `not-a-model`. */
export function readName(name: string): string {
  const read = parseName(withExtension(name));
  if (kindOf(read) === 'model') return read;
  throw new ForgeError(
    'not-a-model',
    `${read} is an animation; the allowlists name the models that users may choose.`,
    'Name a model. What an animation needs is done when it is promoted.',
  );
}

/**
 * The change that points the allowlists at the version before: the newest before the one that they point at, among those that are
 * `published` or still listed; or at `to`. Errors: `other-model`, `not-registered`, `no-version-before`.
 */
export function changeBack(
  model: string,
  listed: readonly string[],
  published: readonly string[],
  to?: string,
): RegisterChange {
  const from = versionsOf(model, listed).at(-1);
  const { stem } = splitVersion(model);
  if (to !== undefined && versionsOf(model, [to]).length === 0) {
    throw new ForgeError(
      'other-model',
      `${to} is no version of ${stem}. Nothing was changed.`,
      `Name a version of ${stem} with --to; to offer another model, register it.`,
    );
  }
  if (from === undefined) {
    throw new ForgeError(
      'not-registered',
      `No allowlist has a version of ${stem}.`,
      'Register the one that is wanted.',
    );
  }
  const { version } = splitVersion(from);
  if (to !== undefined && splitVersion(to).version > version) {
    throw new ForgeError(
      'no-version-before',
      `${to} comes after ${from}, which the allowlists name. Nothing was changed.`,
      `Register ${to} to go forward, or name a version before ${from}.`,
    );
  }
  const known = versionsOf(model, [...listed, ...published]);
  const before = to ?? known.findLast((name) => splitVersion(name).version < version);
  if (before !== undefined) return { kind: 'replace', from, to: before };
  throw new ForgeError(
    'no-version-before',
    `No version of ${stem} before ${from} is known.`,
    'Say where it is published with --production, or name the version to go back to with --to.',
  );
}
