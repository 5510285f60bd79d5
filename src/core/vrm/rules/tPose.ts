import { angleDeg, subtract } from '../linear.ts';
import type { Vec3 } from '../linear.ts';
import { nodeOfBone } from '../model.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

/** Bones bend a little inside a straight limb. Above the first it is seen, above the second motions come out wrong. */
const SEEN_DEG = 12;
const WRONG_DEG = 25;

const SIDEWAYS: Vec3 = [1, 0, 0];
const DOWN: Vec3 = [0, -1, 0];
const UP: Vec3 = [0, 1, 0];

const ARMS = clauses(
  'VRMC_vrm-1.0/tpose.md#definition-14-the-arms-are-extended-along-the-x-axis-and-are-parallel-to-the-ground-in-appearance',
  '#vrm-rules',
);
const STRAIGHT = clauses(
  'VRMC_vrm-1.0/tpose.md#definition-11-standing-straight-toward-the-z-axis-symmetrical-on-the-x-axis-in-appearance',
  '#vrm-rules',
);

export const tPose = defineRule({
  name: 't-pose',
  codes: {
    'tpose-arms': {
      severity: 'error',
      title: 'The arms are not stretched out sideways at rest',
      next: 'Bring the arms into a T-pose, apply the pose as rest pose (mesh and armature), and export again.',
      spec: ARMS,
    },
    'tpose-body': {
      severity: 'error',
      title: 'The legs or the trunk are not upright at rest',
      next: 'Stand the model upright with Y up, apply the rotation or pose, and export again.',
      spec: STRAIGHT,
    },
  },
  check(model: VrmModel, report) {
    for (const side of ['left', 'right']) {
      for (const [from, to] of [
        [`${side}UpperArm`, `${side}LowerArm`],
        [`${side}LowerArm`, `${side}Hand`],
      ] as const) {
        const angle = angleTo(model, from, to, SIDEWAYS);
        // Which of the two sides it should point to is the rule on facing's business.
        const off = angle === null ? null : Math.min(angle, 180 - angle);
        if (off !== null && off > SEEN_DEG) {
          report('tpose-arms', {
            message: `From ${from} to ${to} the arm is ${off.toFixed(0)}° off the horizontal X axis.`,
            where: { bone: from },
            severity: off > WRONG_DEG ? 'error' : 'warning',
          });
        }
      }
    }
    for (const [from, to, direction] of [
      ['leftUpperLeg', 'leftLowerLeg', DOWN],
      ['leftLowerLeg', 'leftFoot', DOWN],
      ['rightUpperLeg', 'rightLowerLeg', DOWN],
      ['rightLowerLeg', 'rightFoot', DOWN],
      ['hips', 'head', UP],
    ] as const) {
      const off = angleTo(model, from, to, direction);
      if (off !== null && off > SEEN_DEG) {
        report('tpose-body', {
          message: `From ${from} to ${to} the model leans by ${off.toFixed(0)}°.`,
          where: { bone: from },
          severity: off > WRONG_DEG ? 'error' : 'warning',
        });
      }
    }
  },
});

function angleTo(model: VrmModel, from: string, to: string, direction: Vec3): number | null {
  const [start, end] = [nodeOfBone(model, from), nodeOfBone(model, to)];
  if (start === null || end === null) return null;
  return angleDeg(subtract(model.scene.position(end), model.scene.position(start)), direction);
}
