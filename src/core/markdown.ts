import { plainText } from './untrusted.ts';

/** Text from elsewhere inside a Markdown page or hover: on one line, to be read, never to become links or markup. */
export function markdownText(text: string, limit = 500): string {
  return plainText(text, limit)
    .replaceAll(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]#|<>~&]/g, '\\$&');
}
