import type { ModelList } from './list.ts';
import { isOnePerLine } from './placing.ts';
import { rewrite, type TextEdit } from './rewrite.ts';

/**
 * Columns as gofmt sets them: values of a map, and comments at the ends of lines, stand below each other in lines that follow
 * each other. https://pkg.go.dev/text/tabwriter
 */

interface Line {
  readonly start: number;
  readonly end: number;
  /** `"A.vrm":`, `true,`, `// why`: what stands in columns. */
  readonly cells: readonly string[];
}

/** gofmt sets no columns by keys longer than this that differ much in length. */
const longKey = 40;
const muchLonger = 2.5;

/** The text with the columns of `list` set. Lines that hold more than one entry, or a part of one, stay as they are. */
export function withColumns(source: string, list: ModelList): string {
  if (!isOnePerLine(source, list)) return source;
  return rewrite(source, sectionsOf(source, list).flatMap(columnsOf));
}

/** Runs of lines without anything between them. */
function sectionsOf(source: string, list: ModelList): readonly (readonly Line[])[] {
  const sections: Line[][] = [];
  let current: Line[] = [];
  let keys: number[] = [];
  let end = -1;
  for (const entry of list.entries) {
    const line = lineOf(source, list, entry.start, entry.end);
    const keySize = entry.key === null || entry.key === 'computed' ? 0 : entry.key.end - entry.key.start + 2;
    const follows = line !== null && end >= 0 && /^\r?\n[ \t]*$/.test(source.slice(end, line.start));
    if (!follows || breaks(keys, keySize)) {
      current = [];
      keys = [];
      sections.push(current);
    }
    if (line !== null) current.push(line);
    keys.push(keySize);
    end = line?.end ?? -1;
  }
  return sections;
}

/** https://cs.opensource.google/go/go/+/refs/tags/go1.19:src/go/printer/nodes.go;l=107 */
function breaks(keys: readonly number[], size: number): boolean {
  const before = keys.at(-1) ?? 0;
  if (size === 0 || before === 0 || (before <= longKey && size <= longKey)) return false;
  const mean = Math.exp(keys.reduce((sum, key) => sum + Math.log(key), 0) / keys.length);
  return muchLonger * size <= mean || muchLonger * mean <= size;
}

/** Null for an entry that goes over several lines. */
function lineOf(source: string, list: ModelList, start: number, end: number): Line | null {
  const code = source.slice(start, end);
  if (code.includes('\n')) return null;
  const lineEnd = source.indexOf('\n', end);
  const rest = source.slice(end, lineEnd).replace(/\r$/, '');
  const tail = /^,?(?<comment>[ \t]+(?:\/\/.*|\/\*.*\*\/))?[ \t]*$/.exec(rest);
  if (tail === null || lineEnd > list.close) return null;
  const comma = rest.startsWith(',') ? ',' : '';
  const colon = /^(?<key>(?:"[^"]*"|`[^`]*`)[ \t]*:)[ \t]*(?<value>.*)$/.exec(code)?.groups;
  const cells = colon === undefined ? [code + comma] : [colon['key'] ?? '', (colon['value'] ?? '') + comma];
  const comment = tail.groups?.['comment'];
  return { start, end: end + rest.length, cells: comment === undefined ? cells : [...cells, comment.trim()] };
}

function columnsOf(lines: readonly Line[]): readonly TextEdit[] {
  const texts = lines.map(({ cells }) => cells[0] ?? '');
  const columns = Math.max(0, ...lines.map(({ cells }) => cells.length));
  for (let column = 1; column < columns; column += 1) {
    const widthOf = (index: number): number => Array.from(lines[index]?.cells[column - 1] ?? '').length;
    for (const block of blocksWith(lines, column)) {
      const width = Math.max(...block.map(widthOf));
      for (const index of block) {
        const gap = ' '.repeat(width - widthOf(index) + 1);
        texts[index] = `${texts[index] ?? ''}${gap}${lines[index]?.cells[column] ?? ''}`;
      }
    }
  }
  return lines.map(({ start, end }, index) => ({ start, end, text: texts[index] ?? '' }));
}

/** Runs of lines that have a cell in that column. */
function blocksWith(lines: readonly Line[], column: number): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  lines.forEach(({ cells }, index) => {
    if (cells.length <= column) return;
    const last = blocks.at(-1);
    if (last?.at(-1) === index - 1) last.push(index);
    else blocks.push([index]);
  });
  return blocks;
}
