import { BONES } from '../humanoid.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const LIST = clauses('VRMC_vrm-1.0/humanoid.md#list-of-humanoid-bones', '#defined-bones');

export const requiredBones = defineRule({
  name: 'required-bones',
  codes: {
    'bone-missing': {
      severity: 'error',
      title: 'A required humanoid bone is not assigned',
      next: 'Assign a bone of the armature to it and export again.',
      spec: LIST,
    },
    'bone-node-missing': {
      severity: 'error',
      title: 'A humanoid bone points at no node',
      next: 'Assign the bone again and export again.',
      spec: LIST,
    },
  },
  check(model: VrmModel, report) {
    const assigned = new Set(model.bones.map((bone) => bone.bone));
    for (const { name, required } of BONES) {
      if (required.includes(model.version) && !assigned.has(name)) {
        report('bone-missing', {
          message: `VRM ${model.version} needs the bone ${name}; none is assigned.`,
          where: { bone: name },
        });
      }
    }
    for (const { bone, declaredAs, node, pointer } of model.bones) {
      if (model.scene.existing(node) === null) {
        report('bone-node-missing', {
          message: `The bone ${declaredAs} points at ${model.scene.nameOf(node)}.`,
          where: { bone, pointer },
        });
      }
    }
  },
});
