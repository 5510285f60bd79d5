import { ForgeError } from '../errors.ts';

/** Names and ids as they may stand in a path: nothing that a path or a log could take for something else. */

const name = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

/** Of users and instances: 1 to 64 letters, digits, `.`, `_`, `-`, beginning and ending in a letter or digit. */
export function isName(text: string): boolean {
  return name.test(text);
}

/** Throws `bad-name`. */
export function requireName(text: string): string {
  if (isName(text)) return text;
  throw new ForgeError(
    'bad-name',
    'A name has 1 to 64 letters, digits, dots, dashes and underscores, and begins and ends with a letter or digit.',
    'Choose such a name.',
  );
}

/** The first of `wish`, `wish-2`, `wish-3`, … that is free. */
export function freeName(wish: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : `-${n}`;
    const candidate = wish.slice(0, 64 - ending.length) + ending;
    if (!taken.includes(candidate)) return candidate;
  }
}
