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
      const shared = take(model, spring, joints, owners);
      if (shared !== null) {
        report('spring-joint-shared', {
          message: `${scene.nameOf(shared.node)} is moved by ${spring.name} and by ${shared.owner.name}.`,
          where: { ...where, node: scene.nameOf(shared.node) },
          // 0.x does not forbid it; the bone is moved twice in each frame.
          severity: model.version === '1.0' ? 'error' : 'warning',
        });
      }
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
    return next === undefined || scene.isBelow(next, joint) ? [] : [[joint, next] as const];
  });
}

interface Shared {
  readonly node: number;
  readonly owner: Spring;
}

/**
 * Notes the nodes that a spring moves as its own; the first that has an owner already. No node is gone through twice, however
 * many springs there are: beyond one that has an owner nothing is looked at.
 */
function take(
  { version, gltf, scene }: VrmModel,
  spring: Spring,
  joints: readonly number[],
  owners: Map<number, Spring>,
): Shared | null {
  let shared: Shared | null = null;
  const isFree = (node: number): boolean => {
    const owner = owners.get(node);
    if (owner === undefined) owners.set(node, spring);
    else shared ??= { node, owner };
    return owner === undefined;
  };
  joints.forEach((joint, n) => {
    if (version === '0.x') {
      const waiting = [joint];
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        const children = gltf.nodes[node]?.children;
        if (children === undefined || !isFree(node)) continue;
        for (const child of children.toReversed()) waiting.push(child);
      }
      return;
    }
    // The bones skipped between two joints are moved, too.
    const above = joints[n - 1];
    let skipped = above !== undefined && scene.isBelow(joint, above) ? scene.parentOf(joint) : null;
    while (skipped !== null && skipped !== above && isFree(skipped)) skipped = scene.parentOf(skipped);
    isFree(joint);
  });
  return shared;
}
