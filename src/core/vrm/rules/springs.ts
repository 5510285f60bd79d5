import type { Spring, VrmModel } from '../model.ts';
import type { Scene } from '../scene.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const SPRING_0 = '#spring-bone-secondaryanimationbonegroups';
const JOINTS = clauses('VRMC_springBone-1.0/README.md#joints', SPRING_0);

export const springs = defineRule({
  name: 'springs',
  codes: {
    'spring-joint-node': {
      severity: 'error',
      title: 'A spring joint points at no node',
      next: 'Assign the joint again, or take it out, and export again.',
      spec: JOINTS,
    },
    'spring-joint-order': {
      severity: 'error',
      title: 'Spring joints are not in the order of the bones',
      next: 'List the joints from root to tip along one chain of bones.',
      spec: JOINTS,
    },
    'spring-joint-shared': {
      severity: 'error',
      title: 'A bone is moved by two springs',
      next: 'Let each bone belong to one spring only; bones skipped between two joints count too.',
      spec: clauses(
        'VRMC_springBone-1.0/README.md#multiple-springchains-must-not-be-duplicated-in-the-same-springjoint-prohibited',
        SPRING_0,
      ),
    },
    'spring-collider-group': {
      severity: 'error',
      title: 'A spring names a collider group that does not exist',
      next: 'Choose an existing collider group, or none.',
      spec: clauses('VRMC_springBone-1.0/README.md#vrmc_springbonesprings', SPRING_0),
    },
  },
  check(model: VrmModel, report) {
    const { scene } = model;
    const owners = new Map<number, Spring>();
    for (const spring of model.springs) {
      const where = { spring: spring.name, pointer: spring.pointer };
      const joints = spring.joints.flatMap((joint) => scene.existing(joint) ?? []);
      if (joints.length < spring.joints.length) {
        report('spring-joint-node', { message: `A joint of ${spring.name} points at no node.`, where });
      }
      if (model.version === '1.0') {
        for (const [joint, next] of outOfOrder(scene, joints)) {
          report('spring-joint-order', {
            message: `In ${spring.name} the joint ${scene.nameOf(next)} is not below the one before it, ${scene.nameOf(joint)}.`,
            where: { ...where, node: scene.nameOf(next) },
          });
        }
      }
      const moved =
        model.version === '1.0' ? chainOf(scene, joints) : joints.flatMap((root) => scene.subtreeOf(root));
      const shared = moved.find((node, n) => owners.has(node) || moved.indexOf(node) !== n);
      if (shared !== undefined) {
        report('spring-joint-shared', {
          message: `${scene.nameOf(shared)} is moved by ${spring.name} and by ${(owners.get(shared) ?? spring).name}.`,
          where: { ...where, node: scene.nameOf(shared) },
          // 0.x does not forbid it; the bone is moved twice in each frame.
          severity: model.version === '1.0' ? 'error' : 'warning',
        });
      }
      for (const node of moved) if (!owners.has(node)) owners.set(node, spring);
      for (const group of spring.colliderGroups) {
        if (group >= model.colliderGroups) {
          report('spring-collider-group', {
            message: `${spring.name} names collider group ${group}; there are ${model.colliderGroups}.`,
            where,
          });
        }
      }
    }
  },
});

function outOfOrder(scene: Scene, joints: readonly number[]): readonly (readonly [number, number])[] {
  return joints.flatMap((joint, n) => {
    const next = joints[n + 1];
    return next === undefined || scene.ancestorsOf(next).includes(joint) ? [] : [[joint, next] as const];
  });
}

/** The joints and the bones skipped between them. */
function chainOf(scene: Scene, joints: readonly number[]): readonly number[] {
  return joints.flatMap((joint, n) => {
    const above = joints[n - 1];
    const ancestors = scene.ancestorsOf(joint);
    const skipped = above === undefined ? -1 : ancestors.indexOf(above);
    return [...ancestors.slice(0, Math.max(0, skipped)), joint];
  });
}
