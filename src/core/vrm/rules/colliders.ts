import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const COLLIDERS = clauses(
  'VRMC_springBone-1.0/README.md#vrmc_springbonecolliders',
  '#collider-group-settings-jsonextensionsvrmsecondaryanimationcollidergroups',
);

export const colliders = defineRule({
  name: 'colliders',
  codes: {
    'collider-shape': {
      severity: 'error',
      title: 'A collider without a shape, or with two',
      next: 'Give it either a sphere or a capsule: viewers refuse the file otherwise.',
      spec: COLLIDERS,
    },
    'collider-node': {
      severity: 'error',
      title: 'A collider points at no node',
      next: 'Attach it to a bone, or take it out.',
      spec: COLLIDERS,
    },
    'collider-radius': {
      severity: 'warning',
      title: 'A collider with a negative radius',
      next: 'Give it a radius in metres, 0 or above.',
      spec: COLLIDERS,
    },
  },
  check(model: VrmModel, report) {
    for (const { node, shapes, radius, pointer } of model.colliders) {
      const where = { pointer, node: model.scene.nameOf(node) };
      if (shapes !== 1) {
        report('collider-shape', {
          message: `The collider on ${where.node} has ${shapes === 0 ? 'no shape' : 'both a sphere and a capsule'}.`,
          where,
        });
      }
      if (model.scene.existing(node) === null) {
        report('collider-node', { message: `A collider is attached to ${where.node}.`, where });
      }
      if ((radius ?? 0) < 0) {
        report('collider-radius', {
          message: `The collider on ${where.node} has the radius ${radius ?? 0} m.`,
          where,
        });
      }
    }
  },
});
