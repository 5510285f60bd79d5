import { subtract } from '../linear.ts';
import { nodeOfBone } from '../model.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const STRAIGHT = clauses(
  'VRMC_vrm-1.0/tpose.md#definition-11-standing-straight-toward-the-z-axis-symmetrical-on-the-x-axis-in-appearance',
  '#vrm-rules',
);

/** Nearer than this to the middle a pair of bones says nothing. */
const CLEAR_M = 1e-3;

export const facing = defineRule({
  name: 'facing',
  codes: {
    'facing-wrong': {
      severity: 'error',
      title: 'The model looks the wrong way',
      next: 'Turn the model by 180° about the vertical, apply the rotation, and export again.',
      spec: STRAIGHT,
    },
    'left-right-swapped': {
      severity: 'error',
      title: 'Left and right are swapped',
      next: 'Swap the left and right bones in the humanoid map and export again.',
      spec: STRAIGHT,
    },
  },
  check(model: VrmModel, report) {
    const ahead = model.version === '1.0' ? 1 : -1;
    const bySides = facingBySides(model);
    const byShape = facingByShape(model);
    if (bySides === null) return;
    if (byShape !== null && byShape !== bySides) {
      const right = byShape === ahead;
      report(right ? 'left-right-swapped' : 'facing-wrong', {
        message: right
          ? 'The feet or eyes point ahead, yet the left limbs are on the right.'
          : `The feet or eyes point to ${axis(byShape)}; VRM ${model.version} faces ${axis(ahead)}.`,
      });
    } else if (bySides !== ahead) {
      report('facing-wrong', {
        message: `The model faces ${axis(bySides)}; VRM ${model.version} faces ${axis(ahead)}.`,
      });
    }
  },
});

function axis(sign: number): string {
  return sign > 0 ? '+Z' : '−Z';
}

/** Who has the left limbs at +X looks to +Z. */
function facingBySides(model: VrmModel): number | null {
  const votes = ['UpperArm', 'Hand', 'UpperLeg', 'Foot'].map((limb) => {
    const [left, right] = [nodeOfBone(model, `left${limb}`), nodeOfBone(model, `right${limb}`)];
    if (left === null || right === null) return 0;
    return signOf(model.scene.position(left)[0] - model.scene.position(right)[0]);
  });
  return sum(votes);
}

/** Toes are before ankles, eyes before the head's joint. */
function facingByShape(model: VrmModel): number | null {
  const pairs: readonly (readonly [string, string])[] = [
    ['leftFoot', 'leftToes'],
    ['rightFoot', 'rightToes'],
    ['head', 'leftEye'],
    ['head', 'rightEye'],
  ];
  const votes = pairs.map(([from, to]) => {
    const [back, front] = [nodeOfBone(model, from), nodeOfBone(model, to)];
    if (back === null || front === null) return 0;
    return signOf(subtract(model.scene.position(front), model.scene.position(back))[2]);
  });
  return sum(votes);
}

function signOf(value: number): number {
  return Math.abs(value) < CLEAR_M ? 0 : Math.sign(value);
}

function sum(votes: readonly number[]): number | null {
  const total = votes.reduce((a, b) => a + b, 0);
  return total === 0 ? null : Math.sign(total);
}
