import { ForgeError } from '../errors.ts';

/** The stock dialect (docs/protocol.md §1): unframed JSON, one request in flight. */

export type StockReply =
  | { readonly status: 'success'; readonly result: unknown }
  | { readonly status: 'error'; readonly message: string };

/**
 * A request as bytes, all of them ASCII: a stock add-on reads 8,192 bytes at a time and decodes each read by itself, so that
 * a character of two bytes on that border ends the connection.
 */
export function encodeStock(type: string, params: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(toAscii(JSON.stringify({ type, params })), 'latin1');
}

/** JSON with everything beyond ASCII escaped. */
export function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Reads a reply. Throws `not-blender` where it is JSON, but not a reply of this dialect, or not JSON at all. */
export function parseStockReply(bytes: Buffer): StockReply {
  const value = parseTolerant(bytes.toString('utf8'));
  if (typeof value === 'object' && value !== null && 'status' in value) {
    if (value.status === 'success')
      return { status: 'success', result: 'result' in value ? value.result : null };
    if (value.status === 'error') {
      return { status: 'error', message: 'message' in value ? String(value.message) : 'no message' };
    }
  }
  throw new ForgeError(
    'not-blender',
    `Something answered that does not speak as a Blender add-on does: ${excerpt(bytes)}`,
    'Check the host and port; in Blender the sidebar of the add-on shows the port.',
  );
}

/** JSON as Python writes it: NaN, Infinity and -Infinity outside strings become null. Undefined if it is not even that. */
export function parseTolerant(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withoutNonNumbers(text));
    } catch {
      return undefined;
    }
  }
}

function withoutNonNumbers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf('"', at);
    const outside = opening < 0 ? text.slice(at) : text.slice(at, opening);
    parts.push(outside.replace(/-?\bInfinity\b|\bNaN\b/g, 'null'));
    if (opening < 0) break;
    const end = endOfString(text, opening);
    parts.push(text.slice(opening, end));
    at = end;
  }
  return parts.join('');
}

/** Where the string ends that opens at `opening`: one past its closing quote. */
function endOfString(text: string, opening: number): number {
  let closing = text.indexOf('"', opening + 1);
  while (closing >= 0) {
    let backslashes = 0;
    while (text[closing - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return closing + 1;
    closing = text.indexOf('"', closing + 1);
  }
  return text.length;
}

/** The start of what came, printable, for an error message. */
export function excerpt(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 60)).toString('latin1');
  return JSON.stringify(text.replace(/[^\x20-\x7e]/g, '.'));
}
