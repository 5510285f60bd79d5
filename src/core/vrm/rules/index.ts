/** All rules, in the order their findings appear. A new rule is a file here and a line below. */
import { boneScale } from './bone-scale.ts';
import { boneTree } from './bone-tree.ts';
import { colliders } from './colliders.ts';
import { container } from './container.ts';
import { expressions } from './expressions.ts';
import { facing } from './facing.ts';
import { meta } from './meta.ts';
import { requiredBones } from './required-bones.ts';
import { sizeAndGround } from './size-and-ground.ts';
import { springs } from './springs.ts';
import { tPose } from './t-pose.ts';
import { thumbnail } from './thumbnail.ts';
import { vrmExtension } from './vrm-extension.ts';

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
