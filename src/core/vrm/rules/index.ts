/** All rules, in the order their findings appear. A new rule is a file here and a line below. */
import { boneScale } from './boneScale.ts';
import { boneTree } from './boneTree.ts';
import { colliders } from './colliders.ts';
import { container } from './container.ts';
import { expressions } from './expressions.ts';
import { facing } from './facing.ts';
import { meta } from './meta.ts';
import { requiredBones } from './requiredBones.ts';
import { sizeAndGround } from './sizeAndGround.ts';
import { springs } from './springs.ts';
import { tPose } from './tPose.ts';
import { thumbnail } from './thumbnail.ts';
import { vrmExtension } from './vrmExtension.ts';

/** Rules on the file, also where it is no VRM at all. */
export const FILE_RULES = [container, vrmExtension] as const;

/** Rules on a VRM of either version. */
export const MODEL_RULES = [
  meta,
  thumbnail,
  requiredBones,
  boneTree,
  boneScale,
  facing,
  tPose,
  sizeAndGround,
  expressions,
  springs,
  colliders,
] as const;
