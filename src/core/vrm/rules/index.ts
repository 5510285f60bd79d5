/** All rules, in the order their findings appear. A new rule is a file here and a line below. */
import { animation } from './animation.ts';
import { animationTracks } from './animationTracks.ts';
import { boneScale } from './boneScale.ts';
import { boneTree } from './boneTree.ts';
import { budget } from './budget.ts';
import { colliders } from './colliders.ts';
import { constraints } from './constraints.ts';
import { container } from './container.ts';
import { effort } from './effort.ts';
import { expressions } from './expressions.ts';
import { facing } from './facing.ts';
import { firstPerson } from './firstPerson.ts';
import { licence } from './licence.ts';
import { lookAt } from './lookAt.ts';
import { meta } from './meta.ts';
import { mtoon } from './mtoon.ts';
import { requiredBones } from './requiredBones.ts';
import { sizeAndGround } from './sizeAndGround.ts';
import { skinWeights } from './skinWeights.ts';
import { springValues } from './springValues.ts';
import { springs } from './springs.ts';
import { tPose } from './tPose.ts';
import { textures } from './textures.ts';
import { thumbnail } from './thumbnail.ts';
import { triangles } from './triangles.ts';
import { unusedData } from './unusedData.ts';
import { vrmExtension } from './vrmExtension.ts';

/** Rules on the file, also where it is no VRM at all. */
export const FILE_RULES = [container, vrmExtension] as const;

/** Rules on a movement for VRMs (.vrma). */
export const ANIMATION_RULES = [container, animation, animationTracks] as const;

/** Rules on a VRM of either version. */
export const MODEL_RULES = [
  meta,
  licence,
  thumbnail,
  requiredBones,
  boneTree,
  boneScale,
  facing,
  tPose,
  sizeAndGround,
  expressions,
  lookAt,
  firstPerson,
  springs,
  springValues,
  colliders,
  constraints,
  skinWeights,
  triangles,
  textures,
  mtoon,
  unusedData,
  budget,
  effort,
] as const;

const CODES: ReadonlySet<string> = new Set(
  [...FILE_RULES, ...MODEL_RULES, ...ANIMATION_RULES].flatMap(({ codes }) => Object.keys(codes)),
);

/** Whether a check can raise a code; of those of Khronos' validator only the form is known. */
export function isCode(code: string): boolean {
  return CODES.has(code) || /^gltf:[A-Z][A-Z0-9_]*$/.test(code);
}
