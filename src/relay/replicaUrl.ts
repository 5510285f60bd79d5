import { isLoopback } from '../core/address.ts';
import { ForgeError } from '../core/errors.ts';

/**
 * Where other replicas reach this one, as its operator wrote it: they pass users' API keys on to there. `servesTls`: whether this
 * one has a certificate itself. Errors: `bad-config`, `tls-required`.
 */
export function checkReplicaUrl(text: string, servesTls: boolean): string {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'http:';
  if (url === null || !(isPlain || url.protocol === 'https:') || url.href !== `${url.origin}/`)
    throw badUrl('The address for other replicas is not https://host:port.');
  if (isPlain && servesTls)
    throw badUrl('This relay serves TLS, and its address for other replicas is http://.');
  if (isPlain && !isLoopback(url.hostname)) throw replicaInTheClear(url.host);
  return url.origin;
}

/** What keeps a key from being passed on. */
export function replicaInTheClear(host: string): ForgeError {
  return new ForgeError(
    'tls-required',
    `API keys would cross the network to the relay at ${host} in the clear.`,
    'Its operator gives it --replica-url https://…, with --cert and --key, or behind a proxy whose certificate is trusted.',
  );
}

function badUrl(message: string): ForgeError {
  return new ForgeError('bad-config', message, 'Write --replica-url as https://10.0.0.5:9443.');
}
