/** The sha256 of a certificate as 64 lower-case hex digits, from how people and tools write it (`AB:CD:…`); null: it is none. */
export function readFingerprint(text: string): string | null {
  const hex = text
    .trim()
    .replace(/^sha-?256[:= ]?(fingerprint=)?/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  return /^[\da-f]{64}$/.test(hex) ? hex : null;
}
