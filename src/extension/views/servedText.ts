import type { ServedFile, ServedState } from '../promotion/served.ts';
import { bytesText, type Translate } from '../text.ts';

/** What the Avatars view says of who serves a promoted file. */

/** `LAN ✓`, `CDN differs`, `CDN ✗ 404`: a tick only where a size was compared. */
export function servedMarks({ lan, cdn }: ServedState, t: Translate): readonly string[] {
  const marks = [
    ['LAN', lan],
    ['CDN', cdn],
  ] as const;
  return marks.flatMap(([name, file]) => (file === null ? [] : [`${name} ${markOf(file, t)}`]));
}

function markOf({ as, status }: ServedFile, t: Translate): string {
  switch (as) {
    case 'same-size':
      return '✓';
    case 'other-size':
      return t('differs');
    case 'other-headers':
      return t('with other headers');
    case 'size-unknown':
      return '?';
    case 'not-served':
      return status === 0 ? '✗' : `✗ ${status}`;
  }
}

/** The same in sentences, with what was compared. `size`: in production, in bytes. */
export function servedSentences({ lan, cdn }: ServedState, size: number, t: Translate): readonly string[] {
  const who = [
    [t('On the local network'), lan],
    [t('By the CDN'), cdn],
  ] as const;
  return who.flatMap(([by, file]) => (file === null ? [] : [`${by}: ${sentenceOf(file, size, t)}`]));
}

function sentenceOf({ as, size: found }: ServedFile, size: number, t: Translate): string {
  switch (as) {
    case 'same-size':
      return t('served with the size it has in production; promoting again compares the bytes');
    case 'other-size':
      return t('another file is served, of {0}, not {1}', exactly(found ?? 0), exactly(size));
    case 'other-headers':
      return t('served with another type or Cache-Control than a promoted file has');
    case 'size-unknown':
      return t('served, but its size is not told, so nothing was compared');
    case 'not-served':
      return t('not served');
  }
}

/** Sizes that look alike when they are rounded are told to the byte. */
function exactly(bytes: number): string {
  return bytes < 1000 ? bytesText(bytes) : `${bytesText(bytes)} (${bytes} B)`;
}
