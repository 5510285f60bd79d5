import type { SyntaxNode } from './syntax.ts';

/** A list of models in source code, whatever its shape: what can be read from it and where it can be edited. */

/** What stands between the quotes of a string. */
export interface StringPart {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One element of a list, or one pair of a map, without the comma after it. */
export interface Entry {
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly strings: readonly StringPart[];
  /** What a pair is found by: a string, or a plain word; null for what is no pair. */
  readonly key: (StringPart & { readonly isQuoted: boolean }) | 'computed' | null;
  /** The file that it names, such as `Companion-A.vrm`; null where it names none. */
  readonly file: string | null;
  /** Whether the file is written without its ending. */
  readonly isBare: boolean;
  /** `"A.vrm": false`: it is there, and switched off. */
  readonly flag: { readonly start: number; readonly end: number; readonly value: boolean } | null;
  /** Members that hold plain values, such as `label` and `default`: a new entry made from this one has them, too. */
  readonly members: readonly Member[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

export interface Member {
  readonly name: string;
  /** Its value as the code has it. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

export interface ModelList {
  /** As the code calls it. */
  readonly name: string;
  readonly row: number;
  /** Just after the opening bracket, and just before the closing one. */
  readonly open: number;
  readonly close: number;
  readonly entries: readonly Entry[];
  /** The commas and comments right in the list. */
  readonly commas: readonly number[];
  readonly comments: readonly { readonly start: number; readonly end: number; readonly row: number }[];
  /** What the first entry of an empty list looks like around its string; null where that cannot be told. */
  readonly first: { readonly before: string; readonly after: string } | null;
}

const fileEnding = '.vrm';

/** `/models/Companion-A.vrm` → `Companion-A.vrm`; null for what names no model. */
function fileOf(text: string): string | null {
  const last = text.slice(text.lastIndexOf('/') + 1);
  return last.endsWith(fileEnding) && last.length > fileEnding.length ? last : null;
}

export function namesModel(text: string): boolean {
  return fileOf(text) !== null;
}

const stringParts: readonly string[] = [
  'interpreted_string_literal',
  'raw_string_literal',
  'string',
  'template_string',
];

/** The strings of a node, itself included, that are written out; one with an escape or a `${…}` in it is left alone. */
export function stringsOf(node: SyntaxNode): readonly StringPart[] {
  return node
    .descendantsOfType([...stringParts])
    .filter((one) => one.namedChildren.every(({ type }) => /content$|fragment$/.test(type)))
    .map(({ startIndex, endIndex, text }) => ({
      start: startIndex + 1,
      end: endIndex - 1,
      text: text.slice(1, -1),
    }));
}

/** The list of a bracketed node. `pair` is the type of its named children that are maps' pairs. */
export function readList(
  literal: SyntaxNode,
  name: string,
  pair: 'keyed_element' | 'pair',
  first: ModelList['first'],
): ModelList {
  const comments = literal.namedChildren.filter(({ type }) => type === 'comment');
  const elements = literal.namedChildren.filter(({ type }) => type !== 'comment');
  const entries = elements.map((element) => readEntry(element, pair));
  // A list of bare names is one by all its strings; where files are named, a string without an ending is something else.
  const isBare = entries.every(({ file }) => file === null);
  return {
    name,
    row: literal.startPosition.row,
    open: literal.startIndex + 1,
    close: literal.endIndex - 1,
    entries: isBare ? entries.map(bareEntry) : entries,
    commas: literal.children.filter(({ type }) => type === ',').map(({ startIndex }) => startIndex),
    comments: comments.map(place),
    first,
  };
}

function readEntry(element: SyntaxNode, pair: string): Entry {
  const strings = stringsOf(element);
  return {
    ...place(element),
    strings,
    key: element.type === pair ? keyOf(element) : null,
    file: strings.map(({ text }) => fileOf(text)).find((file) => file !== null) ?? null,
    isBare: false,
    flag: element.type === pair ? flagOf(element) : null,
    members: element
      .descendantsOfType(pair)
      .flatMap((one) => (one.startIndex === element.startIndex ? [] : memberOf(one))),
    comments: element.descendantsOfType('comment').map(place),
  };
}

function bareEntry(entry: Entry): Entry {
  const [name] = entry.strings;
  return name === undefined ? entry : { ...entry, file: name.text + fileEnding, isBare: true };
}

function place({ startIndex, endIndex, startPosition }: SyntaxNode): {
  start: number;
  end: number;
  row: number;
} {
  return { start: startIndex, end: endIndex, row: startPosition.row };
}

function keyOf(element: SyntaxNode): Entry['key'] {
  const key = inner(element.childForFieldName('key'));
  const [written] = key === null ? [] : stringsOf(key);
  if (written !== undefined) return { ...written, isQuoted: true };
  if (key?.type !== 'property_identifier') return 'computed';
  return { start: key.startIndex, end: key.endIndex, text: key.text, isQuoted: false };
}

function flagOf(element: SyntaxNode): Entry['flag'] {
  const value = inner(element.childForFieldName('value'));
  if (value?.type !== 'true' && value?.type !== 'false') return null;
  return { start: value.startIndex, end: value.endIndex, value: value.type === 'true' };
}

function memberOf(element: SyntaxNode): readonly Member[] {
  const value = inner(element.childForFieldName('value'));
  const key = element.childForFieldName('key');
  if (value === null || key === null || value.type.endsWith('literal_value') || value.type === 'object')
    return [];
  return [{ name: key.text, code: value.text, start: value.startIndex, end: value.endIndex }];
}

/** Go wraps what stands in a literal. */
function inner(node: SyntaxNode | null): SyntaxNode | null {
  return node?.type === 'literal_element' ? (node.namedChildren[0] ?? null) : node;
}
