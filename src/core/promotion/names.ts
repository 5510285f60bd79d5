import { ForgeError } from '../errors.ts';
import { plainText } from '../untrusted.ts';

/**
 * Names of promoted files. A name is part of URLs and of two allowlists, is never used twice, and must look like no other:
 * so it is one segment of visible characters from scripts that are not taken for Latin, in the one normal form.
 */

/** A published name taken apart: `Companion-A-v2.vrm` → `{stem: 'Companion-A', version: 2}`. */
export interface VersionedName {
  readonly stem: string;
  /** 1 where the name has no `-vN`. */
  readonly version: number;
}

/** What is promoted: an avatar, or a movement for avatars. */
export type PromotionKind = 'model' | 'animation';

const endings: Readonly<Record<PromotionKind, string>> = { model: '.vrm', animation: '.vrma' };

/** What a name's ending says it is; a name without one is a model's. */
export function kindOf(name: string): PromotionKind {
  return isOfKind(name, 'animation') ? 'animation' : 'model';
}

/** Whether a file is one of a kind by its name, and not a seal or anything else that lies beside. */
export function isOfKind(name: string, kind: PromotionKind): boolean {
  return name.toLowerCase().endsWith(endings[kind]);
}

function endingOf(name: string): string {
  return endings[kindOf(name)];
}

/** Leaves room for what staging adds to it, and for a `-vN` of five digits, in the 255 bytes of a file's name. */
const maxNameBytes = 200;

/** Scripts that UTS #39 lets stand beside Latin: https://www.unicode.org/reports/tr39/#Restriction_Level_Detection */
const eastAsianLetter = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]$/u;
const latinLetter = /^[A-Za-zßÆæŒœØøÐðÞþĐđŁł]$/;
const otherCharacter = /^[0-9 ._()+-]$/;

/** Checks a name for production and gives it back. Errors: `bad-name`. */
export function parseName(name: string): string {
  const fault = faultOf(name);
  if (fault === null) return name;
  throw new ForgeError(
    'bad-name',
    `${JSON.stringify(plainText(name, 80))} is no name for production: ${fault}`,
    'Give another (promote takes --name): letters, digits, "-", "_", "." and one ending, as in Companion-A.vrm or Wave.vrma.',
  );
}

/** The name with its ending, where it was given without one. */
export function withExtension(name: string, kind: PromotionKind = kindOf(name)): string {
  return isOfKind(name, kind) ? name : name + endings[kind];
}

function faultOf(name: string): string | null {
  if (name === '') return 'it is empty.';
  if (name.includes('/') || name.includes('\\')) return 'it has more than one segment.';
  if (new TextEncoder().encode(name).length > maxNameBytes) return `it is longer than ${maxNameBytes} bytes.`;
  if (name.normalize('NFKC') !== name) {
    return name.normalize('NFC') === name
      ? 'it has characters that only look like others (their Unicode compatibility form differs).'
      : 'it is not in Unicode normal form C.';
  }
  for (const character of name) {
    if (!isAllowed(character))
      return `it has the character ${codePoint(character)}, which ${whyRefused(character)}.`;
  }
  if (/^[.\- ]/.test(name)) return 'it starts with ".", "-" or a space.';
  if (!name.endsWith(endingOf(name))) return `it does not end in ${endingOf(name)}, in lower case.`;
  if (/\.vrma?\.vrma?$/i.test(name)) return 'it has two endings, and must be what the last one says alone.';
  if (/[. ]\.vrma?$/.test(name)) return 'it has "." or a space before its ending.';
  return null;
}

function isAllowed(character: string): boolean {
  if (otherCharacter.test(character) || eastAsianLetter.test(character)) return true;
  return latinLetter.test(character.normalize('NFD').replace(/\p{M}+$/u, ''));
}

function whyRefused(character: string): string {
  if (/\p{Cc}/u.test(character)) return 'is a control character';
  if (/[\p{Cf}\p{Z}\p{M}]/u.test(character)) return 'cannot be seen, or changes how its neighbours look';
  if (/\p{L}/u.test(character)) return 'can be taken for a letter of another script';
  return 'means something else in a URL, a shell or another file system, or looks like a character that is allowed';
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Takes a checked name apart. */
export function splitVersion(name: string): VersionedName {
  const bare = name.slice(0, -endingOf(name).length);
  const match = /^(?<stem>.+)-v(?<version>[1-9]\d{0,4})$/.exec(bare);
  if (match?.groups?.['stem'] === undefined) return { stem: bare, version: 1 };
  return { stem: match.groups['stem'], version: Number(match.groups['version']) };
}

/** The names in `names` that are versions of the same model as `name`, oldest version first. */
export function versionsOf(name: string, names: readonly string[]): readonly string[] {
  const { stem } = splitVersion(name);
  return names
    .filter((one) => one.endsWith(endingOf(name)) && splitVersion(one).stem === stem)
    .sort((a, b) => splitVersion(a).version - splitVersion(b).version);
}

/** The newest version in `names` of the same model as `name`, if it is newer than `name`; else null. */
export function newerVersionIn(names: readonly string[], name: string): string | null {
  const newest = versionsOf(name, names).at(-1);
  return newest !== undefined && splitVersion(newest).version > splitVersion(name).version ? newest : null;
}

/**
 * The name the next version gets: `name` itself if it comes after every version that is there, else one more than the highest.
 * So a name that was taken away is not used again while it has successors: caches keep a name's bytes for a year.
 */
export function nextName(name: string, taken: readonly string[]): string {
  const { stem, version } = splitVersion(name);
  const highest = versionsOf(name, taken).reduce((max, one) => Math.max(max, splitVersion(one).version), 0);
  return highest < version ? name : `${stem}-v${highest + 1}${endingOf(name)}`;
}

/** A name in `taken` that is no version of `name` but that a person, or a file system without case, would take for one; or null. */
export function lookAlikeOf(name: string, taken: readonly string[]): string | null {
  const versions = versionsOf(name, taken);
  const seen = skeleton(splitVersion(name).stem);
  const looksLike = (other: string): boolean =>
    other.toLowerCase().endsWith(endingOf(name)) && skeleton(splitVersion(other).stem) === seen;
  return taken.find((other) => !versions.includes(other) && looksLike(other)) ?? null;
}

/** What is left of a name for a hasty eye: no case, no accents, one of each of 0Oo and 1Iil. */
function skeleton(stem: string): string {
  return stem
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[1i]/g, 'l')
    .replace(/0/g, 'o')
    .replace(/[ _.-]+/g, '-');
}
