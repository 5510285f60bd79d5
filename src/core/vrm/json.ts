/** Reading JSON that nobody has checked: each function gives a value of its type, or `null` (or nothing) where there is none. */

export type JsonObject = Readonly<Record<string, unknown>>;

const NOTHING: JsonObject = {};

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOrNull(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

/** The object, or an empty one. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : NOTHING;
}

/** The list, or an empty one. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function flagIn(value: unknown): boolean {
  return value === true;
}

export function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A whole number ≥ 0, as glTF's indices and counts are. */
export function indexIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The whole list of indices; what is not an index is left out. */
export function indicesIn(value: unknown): readonly number[] {
  return listIn(value).flatMap((item) => indexIn(item) ?? []);
}

/** A list of finite numbers, or `null` if any member is not one. */
export function numbersIn(value: unknown): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const numbers = value.flatMap((item) => numberIn(item) ?? []);
  return numbers.length === value.length ? numbers : null;
}
