import { splitVersion, withExtension } from '../promotion/names.ts';

/** How one name is written in an entry: as a file, as an id, as a label. */
type Form = (stem: string) => string;

const forms: readonly Form[] = [
  (stem) => withExtension(stem),
  (stem) => stem,
  spaced,
  (stem) => stem.toLowerCase(),
  (stem) => stem.toLowerCase().replaceAll(/[ _.]+/g, '-'),
  (stem) => stem.toLowerCase().replaceAll(/[ .-]+/g, '_'),
  (stem) => stem.toLowerCase().replaceAll(/[-_]+/g, ' '),
  camelCase,
];

function spaced(stem: string): string {
  return stem.replaceAll(/[-_]+/g, ' ');
}

/** `Companion-A` → `companionA` */
function camelCase(stem: string): string {
  const [first = '', ...others] = stem.split(/[-_ .]+/).filter((word) => word !== '');
  const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
  return first.slice(0, 1).toLowerCase() + first.slice(1) + others.map(capital).join('');
}

/** `Companion-A-v2.vrm` → `companion-a-v2`: for ids that were made up by hand. */
export function slugOf(name: string): string {
  return stemOf(name)
    .toLowerCase()
    .replaceAll(/[ _.]+/g, '-');
}

/** `/thumbs/Companion-A.png?x=1` → what stands before the name, the name, and the ending after it. */
const parts =
  /^(?<before>(?:.*\/)?)(?<name>[^/?#]*?)(?<after>(?:\.(?!vrm(?:$|[?#]))[A-Za-z0-9]{2,4})?(?:[?#].*)?)$/s;

/**
 * The text of a string in an entry for `from`, in the entry for `to`: `/models/A.vrm` → `/models/B.vrm`, `a` → `b`. Null where it
 * does not say the name in any form. A label is for people: it has no dashes where it need not have any.
 */
export function renamed(text: string, from: string, to: string, isLabel = false): string | null {
  const groups = parts.exec(text)?.groups;
  const name = groups?.['name'] ?? '';
  const [stem, wanted] = [stemOf(from), stemOf(to)];
  const order = isLabel ? [spaced, ...forms] : forms;
  const form = order.find((one) => name !== '' && one(stem) === name);
  return form === undefined ? null : `${groups?.['before'] ?? ''}${form(wanted)}${groups?.['after'] ?? ''}`;
}

/**
 * The same where both are versions of one model: what names the file, or says the version, changes; an id or a label that names
 * the model stays, for users' choices may be kept by it.
 */
export function repointed(text: string, from: string, to: string): string | null {
  const next = renamed(text, from, to);
  const saysVersion = splitVersion(from).version > 1 || text.includes(from);
  return next !== null && saysVersion ? next : null;
}

function stemOf(name: string): string {
  return name.slice(0, -'.vrm'.length);
}
