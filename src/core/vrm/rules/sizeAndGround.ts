import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const PLAUSIBLE_M = { min: 0.3, max: 3 };
/** Soles and heels differ; more than this, and more than 3 % of the height, is seen. */
const GROUND_M = 0.02;
const GROUND_OF_HEIGHT = 0.03;

export const sizeAndGround = defineRule({
  name: 'size-and-ground',
  codes: {
    'height-implausible': {
      severity: 'warning',
      title: 'The height is not that of a figure in metres',
      next: 'Scale the model to metres, apply the scale, and export again.',
      spec: clauses('VRMC_vrm-1.0/README.md#coordinate-units', '#gltf2-rules'),
    },
    'feet-off-ground': {
      severity: 'warning',
      title: 'The model floats or is sunk into the ground',
      next: 'Move the model so that its soles are at height 0 and apply the location.',
      spec: clauses(
        'VRMC_vrm-1.0/tpose.md#definition-13-the-foot-is-grounded-at-y-00-in-appearance',
        '#vrm-rules',
      ),
    },
  },
  check({ bounds }: VrmModel, report) {
    if (bounds === null) return;
    const height = bounds.max[1] - bounds.min[1];
    const lowest = bounds.min[1];
    if (height < PLAUSIBLE_M.min || height > PLAUSIBLE_M.max) {
      report('height-implausible', {
        message: `The model is ${metres(height)} tall; between ${PLAUSIBLE_M.min} and ${PLAUSIBLE_M.max} m is plausible.`,
      });
    }
    if (Math.abs(lowest) > Math.max(GROUND_M, GROUND_OF_HEIGHT * height)) {
      report('feet-off-ground', {
        message: `The lowest point is ${metres(Math.abs(lowest))} ${lowest > 0 ? 'above' : 'below'} the ground.`,
      });
    }
  },
});

function metres(value: number): string {
  return `${value.toPrecision(3)} m`;
}
