import { indexIn, listIn, objectIn } from '../../core/vrm/json.ts';

/** Elements; a model of a million vertices with eight shape keys has as many. */
const MOST = 8_000_000;

/**
 * The accessor of a glTF with which sparse accessors over nothing but zeros (no buffer view) come to more elements than any model has;
 * `null` where they do not. No byte of the file pays for such an element, and Khronos' validator looks at each: at four thousand
 * million of them for minutes. https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#sparse-accessors
 */
export function endlessZeros(json: unknown): number | null {
  let elements = 0;
  const found = listIn(objectIn(json)['accessors'])
    .map(objectIn)
    .findIndex(({ bufferView, count }) => {
      if (bufferView === undefined) elements += indexIn(count) ?? 0;
      return elements > MOST;
    });
  return found === -1 ? null : found;
}
