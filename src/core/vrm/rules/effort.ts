import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { NO_CLAUSE } from '../specLinks.ts';

export const effort = defineRule({
  name: 'effort',
  codes: {
    'check-incomplete': {
      severity: 'error',
      title: 'A model that points at the same data so often that the check gave up',
      next: 'Export it again; leave out meshes, expressions and nodes that repeat each other.',
      spec: NO_CLAUSE,
    },
  },
  /** The last of the rules: those before it spend what there is. */
  check({ gltf }: VrmModel, report) {
    if (gltf.effort.isSpent)
      report('check-incomplete', {
        message: 'The check was not done to its end: it would have taken minutes.',
      });
  },
});
