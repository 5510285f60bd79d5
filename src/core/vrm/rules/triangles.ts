import { readAccessorValues } from '../accessorData.ts';
import type { Gltf, Primitive } from '../gltf.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

const TRIANGLES = 4;
/** Of its longest side so little height is what rounding leaves of a line. */
const FLAT = 1e-6;

export const triangles = defineRule({
  name: 'triangles',
  codes: {
    'triangles-degenerate': {
      severity: 'info',
      title: 'Triangles without area',
      next: 'Merge vertices that lie on each other (Blender: Mesh > Clean Up > Degenerate Dissolve).',
      spec: gltfClause('meshes-overview'),
    },
    'triangles-index': {
      severity: 'error',
      title: 'A triangle with a corner that is not there',
      next: 'Export the mesh again.',
      spec: gltfClause('meshes-overview'),
    },
  },
  check({ gltf, scene }: VrmModel, report) {
    const shownBy = new Map(scene.reachable.map((node) => [gltf.nodes[node]?.mesh, node]));
    gltf.meshes.forEach(({ name, primitives }, n) => {
      const { flat, outside } = count(gltf, primitives);
      const node = shownBy.get(n);
      const where = {
        ...(node === undefined ? {} : { node: scene.nameOf(node) }),
        pointer: `/meshes/${n}`,
      };
      if (flat > 0)
        report('triangles-degenerate', { message: `${flat} triangles of ${name} have no area.`, where });
      if (outside > 0) {
        report('triangles-index', {
          message: `${outside} triangles of ${name} name a vertex it has not.`,
          where,
        });
      }
    });
  },
});

interface Faults {
  readonly flat: number;
  readonly outside: number;
}

/** Primitives that share corners and vertices are counted once; what cannot be read is left to Khronos' validator. */
function count(gltf: Gltf, primitives: readonly Primitive[]): Faults {
  const faults = { flat: 0, outside: 0 };
  const seen = new Set<string>();
  for (const { indices, position, mode } of primitives) {
    if (mode !== TRIANGLES || position === null || seen.has(`${indices} ${position}`)) continue;
    seen.add(`${indices} ${position}`);
    const vertices = gltf.accessors[position]?.count ?? 0;
    const points = readAccessorValues(gltf, position);
    const place = points?.sparse === null ? points.base : null;
    const corners = indices === null ? null : (readAccessorValues(gltf, indices)?.base ?? null);
    if (indices === null ? place === null : corners === null) continue;
    const end = corners?.length ?? vertices;
    for (let at = 0; at + 2 < end; at += 3) {
      const a = corners === null ? at : (corners[at] ?? 0);
      const b = corners === null ? at + 1 : (corners[at + 1] ?? 0);
      const c = corners === null ? at + 2 : (corners[at + 2] ?? 0);
      if (a >= vertices || b >= vertices || c >= vertices) faults.outside += 1;
      if (a === b || b === c || c === a || (place !== null && isFlat(place, 3 * a, 3 * b, 3 * c)))
        faults.flat += 1;
    }
  }
  return faults;
}

/** Whether three points lie on a line. Asked of every triangle: no lists are made. */
function isFlat(points: ArrayLike<number>, a: number, b: number, c: number): boolean {
  const x = points[a] ?? NaN;
  const y = points[a + 1] ?? NaN;
  const z = points[a + 2] ?? NaN;
  const ux = (points[b] ?? NaN) - x;
  const uy = (points[b + 1] ?? NaN) - y;
  const uz = (points[b + 2] ?? NaN) - z;
  const vx = (points[c] ?? NaN) - x;
  const vy = (points[c + 1] ?? NaN) - y;
  const vz = (points[c + 2] ?? NaN) - z;
  const u = ux * ux + uy * uy + uz * uz;
  const v = vx * vx + vy * vy + vz * vz;
  const along = ux * vx + uy * vy + uz * vz;
  const longest = Math.max(u, v, u + v - 2 * along);
  // The cross product is as long as the longest side times the height above it.
  const px = uy * vz - uz * vy;
  const py = uz * vx - ux * vz;
  const pz = ux * vy - uy * vx;
  return px * px + py * py + pz * pz <= FLAT * longest * (FLAT * longest);
}
