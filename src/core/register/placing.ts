import type { Entry, ModelList } from './list.ts';
import type { TextEdit } from './rewrite.ts';

/** Where entries go and how they leave, so that the code looks as if its author had done it. */

/** Whether each entry starts a line of its own. */
export function isOnePerLine(source: string, { open, entries }: ModelList): boolean {
  const [first] = entries;
  if (first === undefined || !source.slice(open, first.start).includes('\n')) return false;
  return entries.every(({ start }) => source.slice(lineStart(source, start), start).trim() === '');
}

/** Edits that put `code` after the entry `anchor`. */
export function insertion(source: string, list: ModelList, anchor: Entry, code: string): readonly TextEdit[] {
  const comma = commaAfter(list, anchor);
  if (!isOnePerLine(source, list)) {
    const at = comma === null ? anchor.end : comma + 1;
    return [insert(at, comma === null ? `, ${code}` : ` ${code},`)];
  }
  const indent = source.slice(lineStart(source, anchor.start), anchor.start);
  const line = eolOf(source) + indent + code;
  const at = tailOf(source, list, comma === null ? anchor.end : comma + 1);
  if (comma !== null) return [insert(at, `${line},`)];
  return [insert(anchor.end, ','), insert(at, line)];
}

/** Edits that put `code` into a list that has no entries. */
export function firstInsertion(
  source: string,
  list: ModelList,
  code: string,
  unit: string,
): readonly TextEdit[] {
  const inside = source.slice(list.open, list.close);
  const isInline = unit === '' && !inside.includes('\n');
  if (isInline) return [{ start: list.open, end: list.close, text: inside.trimEnd() + code }];
  const begin = lineStart(source, list.open);
  const outer = /^[ \t]*/.exec(source.slice(begin))?.[0] ?? '';
  const eol = eolOf(source);
  const at = list.open + inside.trimEnd().length;
  return [{ start: at, end: list.close, text: `${eol}${outer}${unit || '  '}${code},${eol}${outer}` }];
}

/** Edits that take an entry out, with its line and the comment after it. */
export function removal(source: string, list: ModelList, entry: Entry): readonly TextEdit[] {
  const index = list.entries.indexOf(entry);
  const before = list.entries[index - 1];
  const after = list.entries[index + 1];
  const comma = commaAfter(list, entry);
  const end = tailOf(source, list, comma === null ? entry.end : comma + 1);
  const ownLines = isOnePerLine(source, list) && /^[ \t]*\r?\n/.test(source.slice(end));
  if (list.entries.length === 1) {
    const rest = source.slice(list.open, entry.start) + source.slice(end, list.close);
    if (rest.trim() === '') return [remove(list.open, list.close)];
  }
  if (ownLines) {
    const whole = remove(lineStart(source, entry.start), source.indexOf('\n', end) + 1);
    const dangling = comma === null && before !== undefined ? commaAfter(list, before) : null;
    return dangling === null ? [whole] : [remove(dangling, dangling + 1), whole];
  }
  if (after !== undefined) return [remove(entry.start, after.start)];
  if (before !== undefined) return [remove(before.end, comma ?? entry.end)];
  return [remove(entry.start, comma === null ? entry.end : comma + 1)];
}

function commaAfter(list: ModelList, entry: Entry): number | null {
  const next = list.entries[list.entries.indexOf(entry) + 1]?.start ?? list.close;
  return list.commas.find((comma) => comma >= entry.end && comma < next) ?? null;
}

/** From `at` on past the comments that stand on its line. */
function tailOf(source: string, { comments }: ModelList, at: number): number {
  let end = at;
  for (const comment of comments) {
    const isHere = comment.start >= end && !source.slice(end, comment.start).includes('\n');
    if (isHere && source.slice(end, comment.start).trim() === '') end = comment.end;
  }
  return source[end - 1] === '\r' ? end - 1 : end;
}

function lineStart(source: string, at: number): number {
  return source.lastIndexOf('\n', at - 1) + 1;
}

function eolOf(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n';
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

function remove(start: number, end: number): TextEdit {
  return { start, end, text: '' };
}
