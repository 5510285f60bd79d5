import type { VRM } from '@pixiv/three-vrm';

/** A model of 0.x faces the other way in its own space: turns about X and Z change their sign. */
export function signOf({ meta }: VRM): 1 | -1 {
  return meta.metaVersion === '1' ? 1 : -1;
}

/** From a T to arms that hang; `lift` in radians more. */
export function hangArms(vrm: VRM, lift: number): void {
  const { humanoid } = vrm;
  const sign = signOf(vrm);
  for (const [side, mirror] of [
    ['left', 1],
    ['right', -1],
  ] as const) {
    humanoid.getNormalizedBoneNode(`${side}UpperArm`)?.rotation.set(0, 0, sign * mirror * (lift - 1.22));
    humanoid.getNormalizedBoneNode(`${side}LowerArm`)?.rotation.set(0, mirror * -0.12, sign * mirror * -0.08);
    humanoid.getNormalizedBoneNode(`${side}Hand`)?.rotation.set(0, 0, sign * mirror * -0.06);
  }
}
