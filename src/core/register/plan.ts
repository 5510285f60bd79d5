import { createTwoFilesPatch } from 'diff';
import { ForgeError } from '../errors.ts';
import { parseName, splitVersion, versionsOf, withExtension } from '../promotion/names.ts';
import { type AllowlistFile, type Change, changeAllowlist, readAllowlist } from './change.ts';
import { editBetween, type TextEdit } from './rewrite.ts';
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
  /** Null where nothing changes. */
  readonly edit: TextEdit | null;
}

/** Errors: those of {@link changeAllowlist}. */
export function planAllowlists(files: readonly AllowlistFile[], change: Change, parse: Parse): AllowlistPlan {
  const planned = files.map((file) => {
    const { text, ...rest } = changeAllowlist(file, change, parse);
    return {
      file: file.file,
      ...rest,
      text: { before: file.text, after: text },
      edit: editBetween(file.text, text),
    };
  });
  return { change, files: planned, isDone: planned.every(({ edit }) => edit === null) };
}

/** The plan as a unified diff; empty where nothing changes. */
export function diffOf({ files }: AllowlistPlan): string {
  return files
    .filter(({ edit }) => edit !== null)
    .map(({ file, text }) =>
      createTwoFilesPatch(`a/${file}`, `b/${file}`, text.before, text.after, undefined, undefined, {
        headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
      }),
    )
    .join('');
}

/** A name as it was typed, checked. Errors: `bad-name`. */
export function readName(name: string): string {
  return parseName(withExtension(name));
}

/**
 * The version of `model` to go back to: the newest before the one that the allowlists point at, among those that are `published`
 * or still listed. Errors: `not-registered`, `no-version-before`, and those of {@link changeAllowlist}.
 */
export function versionBefore(
  model: string,
  files: readonly AllowlistFile[],
  published: readonly string[],
  parse: Parse,
): string {
  const listed = files.flatMap((file) => readAllowlist(file, parse));
  const current = versionsOf(model, listed).at(-1);
  const { stem } = splitVersion(model);
  if (current === undefined) {
    throw new ForgeError(
      'not-registered',
      `No allowlist has a version of ${stem}.`,
      'Register the one that is wanted.',
    );
  }
  const { version } = splitVersion(current);
  const known = versionsOf(model, [...listed, ...published]);
  const before = known.filter((name) => splitVersion(name).version < version).at(-1);
  if (before !== undefined) return before;
  throw new ForgeError(
    'no-version-before',
    `No version of ${stem} before ${current} is known.`,
    'Say where it is published with --production, or name the version to go back to with --to.',
  );
}
