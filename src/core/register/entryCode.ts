import type { Entry } from './list.ts';
import { renamed, repointed, slugOf } from './naming.ts';
import { rewrite, type TextEdit } from './rewrite.ts';

/** The code of one entry. */
export interface NewEntry {
  readonly code: string;
  /** Members that were taken over as they were, such as `label: 'The red one'`: somebody should look at them. */
  readonly copied: readonly string[];
}

/** An entry for `name` like `model`, which has a file. Null where it is found by something that we cannot make up. */
export function entryLike(
  source: string,
  model: Entry & { readonly file: string },
  name: string,
): NewEntry | null {
  if (model.key === 'computed') return null;
  const labels = model.members.filter(({ name: member }) => /label|title|display/i.test(member));
  const edits: TextEdit[] = model.strings.flatMap((one) => {
    const isLabel = labels.some(({ start, end }) => start < one.start && one.end < end);
    return changeOf(one, renamed(one.text, model.file, name, isLabel));
  });
  if (model.key !== null && !edits.some(({ start }) => start === keyStart(model))) {
    const text = renamed(model.key.text, model.file, name);
    const isWord = text !== null && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
    const plain = isWord || model.key.isQuoted ? (text ?? slugOf(name)) : `'${text ?? slugOf(name)}'`;
    edits.push(...changeOf(model.key, plain));
  }
  const ids = model.members.filter(({ name: member }) => /^['"]?(id|key|slug)['"]?$/i.test(member));
  for (const { start, end, code } of ids) {
    const isString = /^['"`].*['"`]$/s.test(code);
    if (isString && !touches(edits, start, end))
      edits.push({ start: start + 1, end: end - 1, text: slugOf(name) });
  }
  edits.push(...switchedOn(model));
  const copied = model.members
    .filter(({ start, end }) => !touches(edits, start, end))
    .map(({ name: member, code }) => `${member}: ${code}`);
  edits.push(
    ...model.comments.map(({ start, end }) => ({ start: blankBefore(source, start), end, text: '' })),
  );
  return { code: sliceOf(source, model, edits), copied };
}

/** Edits that let an entry for one version of a model name another. */
export function repointing(entry: Entry & { readonly file: string }, name: string): readonly TextEdit[] {
  const [identity] = entry.strings;
  const edits = entry.strings.flatMap((one) =>
    changeOf(
      one,
      entry.isBare && one === identity
        ? renamed(one.text, entry.file, name)
        : repointed(one.text, entry.file, name),
    ),
  );
  return [...edits, ...switchedOn(entry)];
}

export function switchedOn({ flag }: Entry): readonly TextEdit[] {
  return flag?.value === false ? [{ start: flag.start, end: flag.end, text: 'true' }] : [];
}

function changeOf(
  { start, end, text }: { start: number; end: number; text: string },
  to: string | null,
): TextEdit[] {
  return to === null || to === text ? [] : [{ start, end, text: to }];
}

function keyStart({ key }: Entry): number | null {
  return key === null || key === 'computed' ? null : key.start;
}

function touches(edits: readonly TextEdit[], start: number, end: number): boolean {
  return edits.some((edit) => edit.start >= start && edit.end <= end);
}

function blankBefore(source: string, at: number): number {
  let start = at;
  while (/\s/.test(source[start - 1] ?? '')) start -= 1;
  return start;
}

function sliceOf(source: string, { start, end }: Entry, edits: readonly TextEdit[]): string {
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return rewrite(source.slice(start, end), moved);
}
