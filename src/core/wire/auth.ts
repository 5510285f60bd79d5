import { createHmac, timingSafeEqual } from 'node:crypto';

/** The proof of the token: docs/protocol.md §4. */

export interface Challenge {
  readonly clientNonce: string;
  readonly serverNonce: string;
  readonly instance: string;
}

/** Lower-case hex. */
export function proof(token: string, side: 'client' | 'server', challenge: Challenge): string {
  const { clientNonce, serverNonce, instance } = challenge;
  return createHmac('sha256', Buffer.from(token, 'utf8'))
    .update([`avatar-forge/2 ${side}`, clientNonce, serverNonce, instance].join('\0'), 'utf8')
    .digest('hex');
}

/** In constant time. */
export function isProof(
  mac: string,
  token: string,
  side: 'client' | 'server',
  challenge: Challenge,
): boolean {
  const expected = Buffer.from(proof(token, side, challenge), 'latin1');
  const given = Buffer.from(mac, 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
