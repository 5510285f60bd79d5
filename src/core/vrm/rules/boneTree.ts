import { BONES_BY_NAME } from '../humanoid.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const RELATIONS = clauses(
  'VRMC_vrm-1.0/humanoid.md#humanoid-bone-parent-child-relationship',
  '#defined-bones',
);
const LIST = clauses('VRMC_vrm-1.0/humanoid.md#list-of-humanoid-bones', '#defined-bones');

export const boneTree = defineRule({
  name: 'bone-tree',
  codes: {
    'bone-order': {
      severity: 'error',
      title: 'A humanoid bone is not below its parent bone',
      next: 'Parent it in the armature, or assign another bone, and export again.',
      spec: RELATIONS,
    },
    'bone-needs-parent': {
      severity: 'error',
      title: 'A humanoid bone without the bone it needs',
      next: 'Assign the missing bone, or leave this one out.',
      spec: LIST,
    },
    'bone-duplicate': {
      severity: 'error',
      title: 'Two humanoid bones are one and the same',
      next: 'Give each humanoid bone a bone of its own.',
      spec: LIST,
    },
    'bone-unknown': {
      severity: 'warning',
      title: 'A bone that VRM does not know',
      next: 'Take it out of the humanoid map: applications ignore it or refuse the file.',
      spec: LIST,
    },
  },
  check({ bones, scene }: VrmModel, report) {
    const nodes = new Map<string, number>();
    const owners = new Map<number, string>();
    for (const { bone, declaredAs, node: assigned, pointer } of bones) {
      const where = { bone, pointer };
      if (!BONES_BY_NAME.has(bone)) {
        report('bone-unknown', {
          message: `VRM has no bone of the name ${JSON.stringify(declaredAs)}.`,
          where,
        });
      }
      if (nodes.has(bone)) {
        report('bone-duplicate', { message: `The bone ${declaredAs} is assigned twice.`, where });
      }
      const node = scene.existing(assigned);
      if (node === null) continue;
      const owner = owners.get(node);
      if (owner !== undefined && owner !== bone) {
        report('bone-duplicate', {
          message: `${owner} and ${bone} are both the node ${scene.nameOf(node)}.`,
          where: { ...where, node: scene.nameOf(node) },
        });
      }
      owners.set(node, bone);
      nodes.set(bone, node);
    }
    for (const [bone, node] of nodes) {
      const definition = BONES_BY_NAME.get(bone);
      if (definition?.needsParent === true && !nodes.has(definition.parent ?? '')) {
        report('bone-needs-parent', {
          message: `${bone} may be there only together with ${definition.parent ?? ''}.`,
          where: { bone },
        });
      }
      const above = nearestAbove(bone, nodes);
      if (above !== null && above.node !== node && !scene.isBelow(node, above.node)) {
        report('bone-order', {
          message: `${bone} (${scene.nameOf(node)}) is not below ${above.bone} (${scene.nameOf(above.node)}).`,
          where: { bone, node: scene.nameOf(node) },
        });
      }
    }
  },
});

/** The bone it hangs on: its parent, or where that optional one is absent, that one's. */
function nearestAbove(
  bone: string,
  nodes: ReadonlyMap<string, number>,
): { bone: string; node: number } | null {
  let parent = BONES_BY_NAME.get(bone)?.parent ?? null;
  while (parent !== null) {
    const node = nodes.get(parent);
    if (node !== undefined) return { bone: parent, node };
    parent = BONES_BY_NAME.get(parent)?.parent ?? null;
  }
  return null;
}
