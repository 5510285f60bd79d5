/** A VRM animation of one second: the left arm goes down and up. */
import { BinWriter, packGlb } from './glb.ts';

type Bone = readonly [name: string, parent: string | null, at: readonly [number, number, number]];

const BONES: readonly Bone[] = [
  ['hips', null, [0, 0.9, 0]],
  ['spine', 'hips', [0, 0.1, 0]],
  ['head', 'spine', [0, 0.44, 0]],
  ['leftUpperArm', 'spine', [0.15, 0.34, 0]],
  ['leftLowerArm', 'leftUpperArm', [0.25, 0, 0]],
  ['leftHand', 'leftLowerArm', [0.23, 0, 0]],
  ['rightUpperArm', 'spine', [-0.15, 0.34, 0]],
  ['rightLowerArm', 'rightUpperArm', [-0.25, 0, 0]],
  ['rightHand', 'rightLowerArm', [-0.23, 0, 0]],
  ['leftUpperLeg', 'hips', [0.1, -0.05, 0]],
  ['leftLowerLeg', 'leftUpperLeg', [0, -0.37, 0]],
  ['leftFoot', 'leftLowerLeg', [0, -0.4, 0]],
  ['rightUpperLeg', 'hips', [-0.1, -0.05, 0]],
  ['rightLowerLeg', 'rightUpperLeg', [0, -0.37, 0]],
  ['rightFoot', 'rightLowerLeg', [0, -0.4, 0]],
];

/** https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm_animation-1.0 */
export function vrmAnimation(): Uint8Array {
  const bin = new BinWriter();
  const half = Math.SQRT1_2;
  const input = bin.accessor({
    bufferView: bin.view(new Float32Array([0, 0.5, 1])),
    componentType: 5126,
    count: 3,
    type: 'SCALAR',
    min: [0],
    max: [1],
  });
  const output = bin.accessor({
    bufferView: bin.view(new Float32Array([0, 0, 0, 1, 0, 0, -half, half, 0, 0, 0, 1])),
    componentType: 5126,
    count: 3,
    type: 'VEC4',
  });
  const index = (name: string): number => BONES.findIndex(([bone]) => bone === name);
  return packGlb(
    {
      asset: { version: '2.0' },
      extensionsUsed: ['VRMC_vrm_animation'],
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: BONES.map(([name, , translation]) => {
        const children = BONES.flatMap(([, parent], n) => (parent === name ? [n] : []));
        return { name, translation, ...(children.length === 0 ? {} : { children }) };
      }),
      animations: [
        {
          samplers: [{ input, output }],
          channels: [{ sampler: 0, target: { node: index('leftUpperArm'), path: 'rotation' } }],
        },
      ],
      accessors: bin.accessors,
      bufferViews: bin.bufferViews,
      buffers: [{ byteLength: bin.bytes.length }],
      extensions: {
        VRMC_vrm_animation: {
          specVersion: '1.0',
          humanoid: { humanBones: Object.fromEntries(BONES.map(([name], node) => [name, { node }])) },
        },
      },
    },
    bin.bytes,
  );
}
