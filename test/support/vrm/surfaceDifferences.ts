/** Holds what two files show against each other, however their vertices are ordered and split. */
import type { Vec3 } from '../../../src/core/vrm/linear.ts';
import type { Surface, Triangle } from './surface.ts';

/** By how much a fact may differ; keys and weights go by their first word. */
const TOLERANCES: Readonly<Record<string, number>> = {
  position: 1e-4,
  normal: 0.02,
  uv: 1e-4,
  colour: 2 / 255,
  weight: 2 / 255,
  key: 1e-4,
  keyNormal: 0.02,
};
/** A triangle is looked for where its middle is. */
const CELL = 4e-4;

/** Each fact in which triangles differ: in how many of how many, and by how much at most. */
export function surfaceDifferences(before: Surface, after: Surface): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .flatMap((name) => partDifferences(name, before.get(name) ?? [], after.get(name) ?? []));
}

function partDifferences(name: string, before: readonly Triangle[], after: readonly Triangle[]): string[] {
  const places = new Map<string, Triangle[]>();
  for (const triangle of after) {
    const key = cellOf(triangle).join(' ');
    places.set(key, [...(places.get(key) ?? []), triangle]);
  }
  const counts = new Map<string, { triangles: number; most: number }>();
  let lost = 0;
  for (const triangle of before) {
    const best = closest(triangle, places);
    if (best === null) {
      lost += 1;
      continue;
    }
    for (const [fact, by] of best) {
      const known = counts.get(fact) ?? { triangles: 0, most: 0 };
      counts.set(fact, { triangles: known.triangles + 1, most: Math.max(known.most, by) });
    }
  }
  const added = [...places.values()].reduce((sum, { length }) => sum + length, 0);
  const lines = [...counts].map(
    ([fact, { triangles, most }]) =>
      `surface ${name}, ${fact}: ${triangles} of ${before.length} triangles, by ${most.toFixed(5)}`,
  );
  if (lost > 0) lines.push(`surface ${name}, lost: ${lost} of ${before.length} triangles`);
  if (added > 0) lines.push(`surface ${name}, added: ${added} of ${after.length} triangles`);
  return lines.toSorted();
}

/** Takes the triangle that is most like this one out of `places`; gives what differs. */
function closest(triangle: Triangle, places: Map<string, Triangle[]>): Map<string, number> | null {
  let best: { differs: Map<string, number>; cell: Triangle[]; at: number } | undefined;
  for (const cell of around(cellOf(triangle))) {
    const there = places.get(cell.join(' ')) ?? [];
    for (const [at, other] of there.entries()) {
      const differs = [0, 1, 2]
        .map((turn) => trianglesDiffer(triangle, other, turn))
        .reduce((least, one) => (weigh(one) < weigh(least) ? one : least));
      if (differs.has('position')) continue;
      if (best === undefined || weigh(differs) < weigh(best.differs)) best = { differs, cell: there, at };
      if (differs.size === 0) break;
    }
    if (best?.differs.size === 0) break;
  }
  best?.cell.splice(best.at, 1);
  return best?.differs ?? null;
}

function trianglesDiffer(one: Triangle, other: Triangle, turn: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const corner of [0, 1, 2]) {
    const [a, b] = [one[corner], other[(corner + turn) % 3]];
    if (a === undefined || b === undefined) continue;
    for (const fact of new Set([...a.facts.keys(), ...b.facts.keys()])) {
      if ((a.flat === true || b.flat === true) && /^(normal|keyNormal)/.test(fact)) continue;
      const by = apart(a.facts.get(fact), b.facts.get(fact));
      if (by > (TOLERANCES[fact.split(' ')[0] ?? ''] ?? 0))
        found.set(fact, Math.max(by, found.get(fact) ?? 0));
    }
    if (found.has('position')) break;
  }
  return found;
}

/** What is not said is nothing: no weight, no move. */
function apart(one: readonly number[] = [], other: readonly number[] = []): number {
  let most = 0;
  for (let at = 0; at < Math.max(one.length, other.length); at++)
    most = Math.max(most, Math.abs((one[at] ?? 0) - (other[at] ?? 0)));
  return most;
}

function weigh(differs: ReadonlyMap<string, number>): number {
  return differs.has('position') ? Infinity : [...differs.values()].reduce((sum, by) => sum + 1 + by, 0);
}

function cellOf(triangle: Triangle): Vec3 {
  const middle = (axis: number): number =>
    Math.floor(
      triangle.reduce((sum, vertex) => sum + (vertex.facts.get('position')?.[axis] ?? 0), 0) / 3 / CELL,
    );
  return [middle(0), middle(1), middle(2)];
}

function around([x, y, z]: Vec3): Vec3[] {
  const steps = [0, -1, 1];
  return steps.flatMap((a) => steps.flatMap((b) => steps.map((c): Vec3 => [x + a, y + b, z + c])));
}
