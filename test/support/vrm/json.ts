import assert from 'node:assert/strict';

/** A change to a document: what stands at a JSON pointer becomes `value`, or goes where there is none. */
export interface Edit {
  readonly at: string;
  readonly value?: unknown;
}

/** A deep copy of a document with edits made. A pointer into nothing fails: a test must change what it means to. */
export function edited(document: object, edits: readonly Edit[]): object {
  const copy: unknown = structuredClone(document);
  for (const { at, value } of edits) {
    const keys = at.split('/').slice(1);
    const last = keys.pop();
    assert(last !== undefined, `${at} is no JSON pointer`);
    const parent = keys.reduce<unknown>(member, copy);
    assert(typeof parent === 'object' && parent !== null, `there is nothing at ${at}`);
    if (value === undefined)
      assert(Reflect.has(parent, last) && Reflect.deleteProperty(parent, last), `nothing at ${at}`);
    else Reflect.set(parent, Array.isArray(parent) && last === '-' ? parent.length : last, value);
  }
  assert(typeof copy === 'object' && copy !== null);
  return copy;
}

export function member(parent: unknown, key: string): unknown {
  return typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined;
}
