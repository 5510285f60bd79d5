import { versionsOf } from '../promotion/names.ts';
import type { RegisterChange } from '../promotion/ports.ts';
import { withColumns } from './goColumns.ts';
import { findGoList } from './goList.ts';
import { findJsList } from './jsList.ts';
import { entryLike, repointing, switchedOn } from './entryCode.ts';
import { shapeUnknown, syntaxFault } from './faults.ts';
import type { Entry, ModelList } from './list.ts';
import { firstInsertion, insertion, removal } from './placing.ts';
import { rewrite, type TextEdit } from './rewrite.ts';
import type { Language, Parse } from './syntax.ts';

/**
 * What is wanted of an allowlist; names are checked names of production. `register` points the model's entry at the name, or adds
 * one; with `keep`, the versions before stay beside it. `replace` takes `from` out where `to` stands already.
 */
export type Change = RegisterChange & { readonly keep?: boolean };

/** A file of source code with an allowlist in it. */
export interface AllowlistFile {
  /** For people. */
  readonly file: string;
  readonly language: Language;
  /** The list's name; null in JavaScript: the one that names models. */
  readonly list: string | null;
  readonly text: string;
}

export interface ChangedList {
  readonly text: string;
  /** What the code calls the list. */
  readonly list: string;
  /** The models that it names, in its order. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Members of a new entry that are those of its neighbour. */
  readonly copied: readonly string[];
}

/**
 * The text of a file with one change made to its allowlist, and everything else as it was. The same change again changes nothing.
 *
 * Errors: `syntax-error`, `list-not-found`, `list-found-twice`, `list-shape-unknown`.
 */
export function changeAllowlist(source: AllowlistFile, change: Change, parse: Parse): ChangedList {
  const list = listIn(source, source.text, parse);
  const { edits, copied } = editsFor(source, list, change);
  const rough = rewrite(source.text, edits);
  const isTidy = source.language === 'go' && withColumns(source.text, list) === source.text;
  const text = isTidy ? withColumns(rough, listIn(source, rough, parse)) : rough;
  // What is written is what can be read again.
  return {
    text,
    list: list.name,
    before: namesIn(list),
    after: namesIn(listIn(source, text, parse)),
    copied,
  };
}

/** The models that an allowlist names, in its order. Errors: those of {@link changeAllowlist}. */
export function readAllowlist(source: AllowlistFile, parse: Parse): readonly string[] {
  return namesIn(listIn(source, source.text, parse));
}

function listIn({ file, language, list }: AllowlistFile, text: string, parse: Parse): ModelList {
  const root = parse(language, text);
  if (root.hasError) throw syntaxFault(root, file);
  return language === 'go'
    ? findGoList(root, list ?? 'AllowedAvatarModels', file)
    : findJsList(root, list, file);
}

function namesIn({ entries }: ModelList): readonly string[] {
  return entries.flatMap(({ file, flag }) => (file === null || flag?.value === false ? [] : [file]));
}

type NamedEntry = Entry & { readonly file: string };

function isNamed(entry: Entry): entry is NamedEntry {
  return entry.file !== null;
}

interface Edits {
  readonly edits: readonly TextEdit[];
  readonly copied: readonly string[];
}

function editsFor(source: AllowlistFile, list: ModelList, change: Change): Edits {
  const entries = list.entries.filter(isNamed);
  switch (change.kind) {
    case 'register':
      return register(source, list, entries, change);
    case 'unregister': {
      const gone = entries.filter(({ file }) => file === change.name);
      return { edits: gone.flatMap((entry) => removal(source.text, list, entry)), copied: [] };
    }
    case 'replace': {
      const from = entries.filter(({ file }) => file === change.from);
      const there = entries.find(({ file }) => file === change.to);
      if (there === undefined)
        return { edits: from.flatMap((entry) => repointing(entry, change.to)), copied: [] };
      const gone = from.filter((entry) => entry !== there);
      return {
        edits: [...switchedOn(there), ...gone.flatMap((entry) => removal(source.text, list, entry))],
        copied: [],
      };
    }
  }
}

function register(
  { text, file, language }: AllowlistFile,
  list: ModelList,
  entries: readonly NamedEntry[],
  { name, keep }: Change & { readonly kind: 'register' },
): Edits {
  const there = entries.find((entry) => entry.file === name);
  if (there !== undefined) return { edits: switchedOn(there), copied: [] };
  const newest = newestLast(entries, name).at(-1);
  if (newest !== undefined && keep !== true) return { edits: repointing(newest, name), copied: [] };
  const anchor = newest ?? list.entries.at(-1);
  const model = newest ?? entries.findLast(({ flag }) => flag?.value !== false) ?? entries.at(-1);
  if (model !== undefined && anchor !== undefined) {
    const made = entryLike(text, model, name);
    if (made === null) throw shapeUnknown(list.name, file);
    return { edits: insertion(text, list, anchor, made.code), copied: made.copied };
  }
  if (list.first === null) throw shapeUnknown(list.name, file);
  const code = list.first.before + name + list.first.after;
  if (anchor !== undefined) return { edits: insertion(text, list, anchor, code), copied: [] };
  return { edits: firstInsertion(text, list, code, language === 'go' ? '\t' : ''), copied: [] };
}

function newestLast(entries: readonly NamedEntry[], name: string): readonly NamedEntry[] {
  const order = versionsOf(name, [...new Set(entries.map(({ file }) => file))]);
  return order.flatMap((version) => entries.filter(({ file }) => file === version));
}
