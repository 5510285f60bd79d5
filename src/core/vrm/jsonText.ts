/**
 * The text of a JSON document as it was written, for changing numbers in it and nothing else. Values are known by where they start.
 * The text must be well formed, as whoever parsed it knows.
 */
export class JsonText {
  readonly #bytes: Uint8Array;

  /** It is changed in place. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get root(): number {
    return this.#next(0);
  }

  /** The members of an object; `null` where there is no object, or it has a member twice. */
  members(object: number | undefined): ReadonlyMap<string, number> | null {
    if (object === undefined || this.#bytes[object] !== BRACE) return null;
    const members = new Map<string, number>();
    for (let at = this.#next(object + 1); this.#bytes[at] !== END_BRACE; at = this.#afterComma(at)) {
      const end = this.#end(at);
      const name = String(JSON.parse(new TextDecoder().decode(this.#bytes.subarray(at, end))));
      if (members.has(name)) return null;
      at = this.#next(this.#next(end) + 1);
      members.set(name, at);
    }
    return members;
  }

  /** The items of an array; `null` where there is none. */
  items(array: number | undefined): readonly number[] | null {
    if (array === undefined || this.#bytes[array] !== BRACKET) return null;
    const items: number[] = [];
    for (let at = this.#next(array + 1); this.#bytes[at] !== END_BRACKET; at = this.#afterComma(at))
      items.push(at);
    return items;
  }

  /** Puts a number in the place of another, with spaces before it; false where it is longer. */
  replace(at: number, number: number): boolean {
    const end = this.#end(at);
    const digits = String(number).padStart(end - at);
    if (digits.length > end - at) return false;
    this.#bytes.set(new TextEncoder().encode(digits), at);
    return true;
  }

  /** The next byte that is no white space. */
  #next(at: number): number {
    while (at < this.#bytes.length && isSpace(this.#bytes[at])) at += 1;
    return at;
  }

  /** What follows a value and its comma, or the end of what it is in. */
  #afterComma(value: number): number {
    const after = this.#next(this.#end(value));
    return this.#bytes[after] === COMMA ? this.#next(after + 1) : after;
  }

  /** Where a value ends. */
  #end(at: number): number {
    let depth = 0;
    do {
      const byte = this.#bytes[at];
      if (byte === QUOTE) at = this.#endOfString(at);
      else if (byte === BRACE || byte === BRACKET) [depth, at] = [depth + 1, at + 1];
      else if (byte === END_BRACE || byte === END_BRACKET) [depth, at] = [depth - 1, at + 1];
      else if (depth > 0) at += 1;
      else while (at < this.#bytes.length && !isAfterWord(this.#bytes[at])) at += 1;
    } while (depth > 0 && at < this.#bytes.length);
    return at;
  }

  #endOfString(at: number): number {
    for (at += 1; at < this.#bytes.length && this.#bytes[at] !== QUOTE; at += 1) {
      if (this.#bytes[at] === BACKSLASH) at += 1;
    }
    return at + 1;
  }
}

const [BRACE, END_BRACE, BRACKET, END_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A number, `true`, `false` or `null` is over. */
function isAfterWord(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === END_BRACE || byte === END_BRACKET;
}
