/** Which methods a key may call in Blender. */

const entry = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*(?:\.\*)?$/;

/** `get_scene`, `file.get`, or a whole family: `file.*`. */
export function isAllowEntry(text: string): boolean {
  return text.length <= 100 && entry.test(text);
}

export function allows(list: readonly string[], method: string): boolean {
  return list.some((item) => (item.endsWith('.*') ? method.startsWith(item.slice(0, -1)) : item === method));
}
