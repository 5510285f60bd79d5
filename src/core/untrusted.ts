/**
 * Text that comes out of Blender (names, output, metadata) was written by whoever made the model or the code. It is shown to
 * people and given to language models, so characters that hide or reorder text are made visible and its length is bounded.
 */

// Control characters but tab and newline, zero-width and bidirectional controls, Unicode's invisible tag characters.
export const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** `text` with invisible characters written as `\u{…}`; beyond `limit` UTF-16 units the middle is left out, and said so. */
export function plainText(text: string, limit = 2000): string {
  if (text.length <= limit && text.search(invisible) === -1) return text; // nearly always
  const visible = text
    .replaceAll('\r\n', '\n')
    .replace(invisible, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  if (visible.length <= limit) return visible;
  const half = Math.floor(limit / 2);
  const left = visible.length - 2 * half;
  return `${visible.slice(0, half)}\n… ${left} characters left out …\n${visible.slice(-half)}`;
}

/** Every string in a JSON value, keys included, made plain. `limit` bounds each string. */
export function plainValue(value: unknown, limit = 2000): unknown {
  if (typeof value === 'string') return plainText(value, limit);
  if (Array.isArray(value)) return value.map((item) => plainValue(item, limit));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [plainText(key, 200), plainValue(item, limit)]),
  );
}
