import { readAccessorValues } from '../accessorData.ts';
import type { Gltf, Primitive } from '../gltf.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

const SKINNED = gltfClause('skinned-mesh-attributes');
/** Normalised bytes cannot do better. */
const TOLERANCE = 0.02;

export const skinWeights = defineRule({
  name: 'skin-weights',
  codes: {
    'weights-missing': {
      severity: 'error',
      title: 'Vertices that no bone holds',
      next: 'Weight them to a bone (Blender: Weights > Assign Automatic from Bones), and export again.',
      spec: SKINNED,
    },
    'weights-sum': {
      severity: 'warning',
      title: 'Weights that do not add up to 1',
      next: 'Normalise the weights (Blender: Weights > Normalize All), and export again.',
      spec: SKINNED,
    },
    'weights-joint': {
      severity: 'error',
      title: 'A weight for a joint that the skin has not',
      next: 'Export the mesh with its own armature.',
      spec: SKINNED,
    },
    'weights-more-than-four': {
      severity: 'warning',
      title: 'More than four joints a vertex',
      next: 'Limit the weights to four a vertex (Blender: Weights > Limit Total): viewers drop the others.',
      spec: SKINNED,
    },
  },
  check({ gltf, scene }: VrmModel, report) {
    // Nodes that show one mesh by skins of one size have the same faults.
    const known = new Map<string, Faults>();
    const moreJoints = gltf.meshes.map(({ primitives }) => primitives.some((one) => one.moreJoints));
    for (const node of scene.reachable) {
      const { mesh, skin } = gltf.nodes[node] ?? {};
      const joints = gltf.skins[skin ?? -1]?.joints.length;
      const shown = gltf.meshes[mesh ?? -1];
      if (joints === undefined || shown === undefined) continue;
      const where = { node: scene.nameOf(node) };
      if (moreJoints[mesh ?? -1] === true) {
        report('weights-more-than-four', {
          message: `${shown.name} has vertices with more than four joints.`,
          where,
        });
      }
      const key = `${mesh} ${joints}`;
      const faults = known.get(key) ?? count(gltf, shown.primitives, joints);
      known.set(key, faults);
      const { unheld, uneven, outside } = faults;
      if (unheld > 0) {
        report('weights-missing', { message: `${unheld} vertices of ${shown.name} have no weight.`, where });
      }
      if (uneven > 0) {
        report('weights-sum', {
          message: `The weights of ${uneven} vertices of ${shown.name} do not add up to 1.`,
          where,
        });
      }
      if (outside > 0) {
        report('weights-joint', {
          message: `${outside} vertices of ${shown.name} have weight on a joint beyond the ${joints} of its skin.`,
          where,
        });
      }
    }
  },
});

interface Faults {
  readonly unheld: number;
  readonly uneven: number;
  readonly outside: number;
}

/** Primitives that share their vertices are counted once; what cannot be read is left to Khronos' validator. */
function count(gltf: Gltf, primitives: readonly Primitive[], jointCount: number): Faults {
  const faults = { unheld: 0, uneven: 0, outside: 0 };
  const seen = new Set<number>();
  for (const { weights, joints, moreJoints } of primitives) {
    if (weights === null || seen.has(weights) || moreJoints) continue;
    seen.add(weights);
    const values = readAccessorValues(gltf, weights)?.base ?? null;
    const indices = readAccessorValues(gltf, joints)?.base ?? null;
    if (values === null || indices?.length !== values.length) continue;
    for (let at = 0; at + 3 < values.length; at += 4) {
      let sum = 0;
      let outside = false;
      for (let n = at; n < at + 4; n++) {
        const weight = values[n] ?? 0;
        sum += weight;
        outside ||= weight > 0 && (indices[n] ?? 0) >= jointCount;
      }
      if (sum < 1e-6) faults.unheld += 1;
      else if (Math.abs(sum - 1) > TOLERANCE) faults.uneven += 1;
      if (outside) faults.outside += 1;
    }
  }
  return faults;
}
