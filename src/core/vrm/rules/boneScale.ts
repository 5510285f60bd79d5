import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

/** Exporters round: a scale this near to uniform is meant so. */
const TOLERANCE = 1e-3;

export const boneScale = defineRule({
  name: 'bone-scale',
  codes: {
    'bone-scale': {
      severity: 'error',
      title: 'A humanoid bone with zero or negative scale',
      next: 'Apply the scale of the armature and its bones, then export again.',
      spec: clauses('VRMC_vrm-1.0/humanoid.md#forbidden-transforms', '#vrm-rules'),
    },
    'bone-scale-uneven': {
      severity: 'warning',
      title: 'A humanoid bone scaled unevenly',
      next: 'Apply the scale of the armature and its bones, then export again.',
      spec: clauses(
        'VRMC_vrm-1.0/tpose.md#definition-21-all-node-transforms-are-on-a-positive-uniform-scale',
        '#vrm-rules',
      ),
    },
  },
  check({ bones, gltf, scene }: VrmModel, report) {
    for (const { bone, node } of bones) {
      const scale = gltf.nodes[node ?? -1]?.scale;
      if (scale === undefined) continue;
      const where = { bone, node: scene.nameOf(node) };
      const shown = scale.map((one) => Number(one.toFixed(4))).join(', ');
      if (Math.min(...scale) <= 0) {
        report('bone-scale', { message: `${bone} is scaled by (${shown}); each must be above 0.`, where });
      } else if (Math.max(...scale) - Math.min(...scale) > TOLERANCE * Math.max(...scale)) {
        report('bone-scale-uneven', {
          message: `${bone} is scaled by (${shown}); the three must be equal.`,
          where,
        });
      }
    }
  },
});
