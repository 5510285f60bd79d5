import { ForgeError } from '../../core/errors.ts';

/** More than any generator gives. */
export const mostModelBytes = 256 << 20;

/** Where a service says that its model is: https, or where its API itself is. Error: `bad-answer`. */
export function modelUrl(text: string, api: URL, service: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || url.origin === api.origin)) return url;
  throw new ForgeError(
    'bad-answer',
    `${service} gives an address of its model that is not https.`,
    'Try once more; then update Avatar Forge: the API may have changed.',
  );
}
