import { readAccessorValues } from '../accessorData.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

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
  check({ gltf }: VrmModel, report) {
    for (const { name, primitives } of gltf.meshes) {
      let flat = 0;
      let outside = 0;
      const seen = new Set<number>();
      for (const { indices, position, mode } of primitives) {
        if (mode !== 4 || indices === null || seen.has(indices)) continue;
        seen.add(indices);
        const corners = readAccessorValues(gltf, indices)?.base ?? [];
        const count = gltf.accessors[position ?? -1]?.count ?? 0;
        for (let at = 0; at + 2 < corners.length; at += 3) {
          const [a, b, c] = [corners[at] ?? 0, corners[at + 1] ?? 0, corners[at + 2] ?? 0];
          if (a === b || b === c || c === a) flat += 1;
          if (Math.max(a, b, c) >= count) outside += 1;
        }
      }
      const where = { node: name };
      if (flat > 0)
        report('triangles-degenerate', { message: `${flat} triangles of ${name} are lines.`, where });
      if (outside > 0) {
        report('triangles-index', {
          message: `${outside} triangles of ${name} name a vertex it has not.`,
          where,
        });
      }
    }
  },
});
