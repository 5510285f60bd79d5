/** Models with one defect each, and the code that must be raised for it. */
import type { VrmVersion } from '../../../src/core/vrm/model.ts';
import type { Profile } from '../../../src/core/vrm/profile.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited, member } from '../../support/vrm/json.ts';
import type { Edit } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';
import type { SampleVrm } from '../../support/vrm/sampleVrm.ts';

export interface Mutant {
  readonly code: string;
  readonly defect: string;
  readonly version: VrmVersion;
  /** In place of the companion app's. */
  readonly profile?: Profile;
  make(sample: SampleVrm): Uint8Array;
}

const VRM1 = '/extensions/VRMC_vrm';
const BONES1 = `${VRM1}/humanoid/humanBones`;
const PRESET = `${VRM1}/expressions/preset`;
const SPRING1 = '/extensions/VRMC_springBone';
const VRM0 = '/extensions/VRM';

export function byEdits(
  version: VrmVersion,
  code: string,
  defect: string,
  edits: (sample: SampleVrm) => readonly Edit[],
): Mutant {
  return {
    code,
    defect,
    version,
    make: (sample) => packGlb(edited(sample.document, edits(sample)), sample.bin),
  };
}

function byBytes(code: string, defect: string, make: (glb: Uint8Array) => Uint8Array): Mutant {
  return { code, defect, version: '1.0', make: ({ glb }) => make(glb) };
}

/** Writes a little-endian u32 into a copy. */
function poked(glb: Uint8Array, at: number, value: number): Uint8Array {
  const copy = glb.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

export const one = (code: string, defect: string, ...edits: readonly Edit[]): Mutant =>
  byEdits('1.0', code, defect, () => edits);
export const zero = (code: string, defect: string, ...edits: readonly Edit[]): Mutant =>
  byEdits('0.x', code, defect, () => edits);

const container: readonly Mutant[] = [
  byBytes('glb-not-glb', 'another file', () => new TextEncoder().encode('<html>not a model</html>')),
  byBytes('glb-not-glb', 'an empty file', () => new Uint8Array()),
  byBytes('glb-version', 'GLB 1', (glb) => poked(glb, 4, 1)),
  byBytes('glb-truncated', 'the last bytes are gone', (glb) => glb.slice(0, -40)),
  byBytes('glb-bin-short', 'the binary chunk is gone', (glb) => glb.slice(0, -400)),
  byBytes('glb-length', 'bytes after the end', (glb) => new Uint8Array([...glb, 0, 0, 0, 0])),
  byBytes('glb-json-missing', 'no JSON chunk', (glb) => poked(glb, 16, 0x12345678)),
  byBytes('glb-json-missing', 'the file ends within the JSON', (glb) => glb.slice(0, 200)),
  byBytes('glb-json-invalid', 'a broken JSON', (glb) => poked(glb, 20, 0x20202020)),
];

const extension: readonly Mutant[] = [
  one('vrm-missing', 'a plain glTF', { at: '/extensions' }),
  one('vrm-undeclared', 'not in extensionsUsed', { at: '/extensionsUsed', value: ['VRMC_springBone'] }),
  zero('vrm-undeclared', 'not in extensionsUsed', { at: '/extensionsUsed', value: [] }),
  one('vrm-version-unknown', 'VRM 2', { at: `${VRM1}/specVersion`, value: '2.0' }),
  zero('vrm-version-unknown', 'not 0.x', { at: `${VRM0}/specVersion`, value: '1.0' }),
  one('vrm-two-versions', 'both extensions', { at: '/extensions/VRM', value: {} }),
];

const meta: readonly Mutant[] = [
  one('meta-name-missing', 'no name', { at: `${VRM1}/meta/name` }),
  zero('meta-name-missing', 'an empty title', { at: `${VRM0}/meta/title`, value: ' ' }),
  one('meta-authors-missing', 'an empty author', { at: `${VRM1}/meta/authors`, value: [''] }),
  zero('meta-authors-missing', 'no author', { at: `${VRM0}/meta/author` }),
  one('meta-license', 'a licence of one’s own', {
    at: `${VRM1}/meta/licenseUrl`,
    value: 'https://example.com/mine',
  }),
  one('meta-license', 'the address without its slash', {
    at: `${VRM1}/meta/licenseUrl`,
    value: 'https://vrm.dev/licenses/1.0',
  }),
  zero('meta-license', 'an unknown licence', { at: `${VRM0}/meta/licenseName`, value: 'MIT' }),
  one('meta-value', 'an unknown permission', { at: `${VRM1}/meta/avatarPermission`, value: 'anyone' }),
  zero('meta-value', 'an unknown permission', { at: `${VRM0}/meta/allowedUserName`, value: 'everyone' }),
];

const thumbnail: readonly Mutant[] = [
  one('thumbnail-missing', 'no thumbnail', { at: `${VRM1}/meta/thumbnailImage` }),
  zero('thumbnail-missing', 'no thumbnail', { at: `${VRM0}/meta/texture`, value: -1 }),
  one('thumbnail-image', 'a picture that is not there', { at: `${VRM1}/meta/thumbnailImage`, value: 7 }),
  zero('thumbnail-image', 'a texture that is not there', { at: `${VRM0}/meta/texture`, value: 7 }),
  {
    code: 'thumbnail-format',
    defect: 'a WebP',
    version: '1.0',
    make: (sample) => withPicture(sample, webp(8, 8)),
  },
  {
    code: 'thumbnail-not-square',
    defect: 'a PNG of 8 × 9',
    version: '1.0',
    make: (sample) => withPicture(sample, png(8, 9)),
  },
];

const bones: readonly Mutant[] = [
  ...['hips', 'head', 'leftHand', 'rightFoot'].map((bone) =>
    one('bone-missing', `no ${bone}`, { at: `${BONES1}/${bone}` }),
  ),
  zero('bone-missing', 'no chest', { at: `${VRM0}/humanoid/humanBones/2/bone`, value: 'jaw' }),
  one('bone-node-missing', 'a node that is not there', { at: `${BONES1}/head/node`, value: 999 }),
  zero('bone-node-missing', 'a bone without node', { at: `${VRM0}/humanoid/humanBones/0/node`, value: -1 }),
  one('bone-needs-parent', 'upperChest without chest', { at: `${BONES1}/chest` }),
  one('bone-needs-parent', 'a finger without its middle', { at: `${BONES1}/leftIndexIntermediate` }),
  byEdits('1.0', 'bone-order', 'spine and chest swapped', (sample) => [
    { at: `${BONES1}/spine/node`, value: sample.node('chest') },
    { at: `${BONES1}/chest/node`, value: sample.node('spine') },
  ]),
  byEdits('0.x', 'bone-order', 'the hand above the lower arm', (sample) => [
    {
      at: `${VRM0}/humanoid/humanBones/${boneIndex(sample, 'leftHand')}/node`,
      value: sample.node('leftLowerArm'),
    },
    {
      at: `${VRM0}/humanoid/humanBones/${boneIndex(sample, 'leftLowerArm')}/node`,
      value: sample.node('leftHand'),
    },
  ]),
  byEdits('1.0', 'bone-duplicate', 'one node for two bones', (sample) => [
    { at: `${BONES1}/neck/node`, value: sample.node('head') },
  ]),
  zero('bone-duplicate', 'a bone assigned twice', {
    at: `${VRM0}/humanoid/humanBones/3/bone`,
    value: 'chest',
  }),
  one('bone-unknown', 'a tail', { at: `${BONES1}/tail`, value: { node: 7 } }),
  byEdits('1.0', 'bone-scale', 'a bone of no size', (sample) => [
    { at: `/nodes/${sample.node('leftHand')}/scale`, value: [0, 0, 0] },
  ]),
  byEdits('1.0', 'bone-scale', 'a mirrored bone', (sample) => [
    { at: `/nodes/${sample.node('head')}/scale`, value: [-1, 1, 1] },
  ]),
  byEdits('1.0', 'bone-scale-uneven', 'a flat head', (sample) => [
    { at: `/nodes/${sample.node('head')}/scale`, value: [1, 1, 0.5] },
  ]),
];

const HALF_TURN = [0, 1, 0, 0];

const pose: readonly Mutant[] = [
  byEdits('1.0', 'facing-wrong', 'turned to −Z', (sample) => [
    { at: `/nodes/${sample.node('hips')}/rotation`, value: HALF_TURN },
  ]),
  byEdits('0.x', 'facing-wrong', 'turned to +Z', (sample) => [
    { at: `/nodes/${sample.node('hips')}/rotation`, value: HALF_TURN },
  ]),
  byEdits('1.0', 'left-right-swapped', 'left limbs on the right', (sample) =>
    ['UpperLeg', 'LowerLeg', 'Foot', 'Toes', 'Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'Eye'].flatMap(
      (limb) => [
        { at: `${BONES1}/left${limb}/node`, value: sample.node(`right${limb}`) },
        { at: `${BONES1}/right${limb}/node`, value: sample.node(`left${limb}`) },
      ],
    ),
  ),
  byEdits('1.0', 'tpose-arms', 'an A-pose', (sample) => [
    { at: `/nodes/${sample.node('leftUpperArm')}/rotation`, value: aroundZ(-40) },
    { at: `/nodes/${sample.node('rightUpperArm')}/rotation`, value: aroundZ(40) },
  ]),
  byEdits('0.x', 'tpose-arms', 'a bent elbow', (sample) => [
    { at: `/nodes/${sample.node('leftLowerArm')}/rotation`, value: aroundZ(30) },
  ]),
  byEdits('1.0', 'tpose-body', 'legs apart', (sample) => [
    { at: `/nodes/${sample.node('leftUpperLeg')}/rotation`, value: aroundZ(30) },
  ]),
  byEdits('1.0', 'tpose-body', 'lying on its back', (sample) => [
    { at: `/nodes/${sample.node('hips')}/rotation`, value: [-Math.SQRT1_2, 0, 0, Math.SQRT1_2] },
  ]),
  ...(['1.0', '0.x'] as const).flatMap((version) => [
    byEdits(version, 'height-implausible', 'centimetres', (sample) => [
      { at: `/nodes/${sample.node('hips')}/scale`, value: [100, 100, 100] },
    ]),
    byEdits(version, 'feet-off-ground', 'floating', (sample) => [
      { at: `/nodes/${sample.node('hips')}/translation`, value: [0, 1.2, 0] },
    ]),
  ]),
];

const expressions: readonly Mutant[] = [
  one('expression-missing', 'no aa', { at: `${PRESET}/aa` }),
  zero('expression-missing', 'no joy', { at: `${VRM0}/blendShapeMaster/blendShapeGroups/6` }),
  one('expression-dead', 'nothing bound', { at: `${PRESET}/ou/morphTargetBinds`, value: [] }),
  one('expression-dead', 'weight 0', { at: `${PRESET}/ee/morphTargetBinds/0/weight`, value: 0 }),
  byEdits('1.0', 'expression-dead', 'a morph that moves nothing', (sample) => still(sample, 0)),
  byEdits('1.0', 'expression-dead', 'a sparse morph that moves nothing', (sample) => still(sample, 6)),
  byEdits('0.x', 'expression-dead', 'a morph that moves nothing', (sample) => still(sample, 5)),
  one('expression-custom-preset-name', 'a custom happy', {
    at: `${VRM1}/expressions/custom/happy`,
    value: {},
  }),
  one('expression-preset-unknown', 'a preset smug', { at: `${PRESET}/smug`, value: {} }),
  zero('expression-duplicate', 'two A', {
    at: `${VRM0}/blendShapeMaster/blendShapeGroups/1/presetName`,
    value: 'a',
  }),
  one('expression-bind', 'a morph that is not there', {
    at: `${PRESET}/aa/morphTargetBinds/0/index`,
    value: 70,
  }),
  byEdits('1.0', 'expression-bind', 'a node without mesh', (sample) => [
    { at: `${PRESET}/aa/morphTargetBinds/0/node`, value: sample.node('head') },
  ]),
  one('expression-weight', 'weight 100', { at: `${PRESET}/aa/morphTargetBinds/0/weight`, value: 100 }),
  zero('expression-weight', 'weight 250', {
    at: `${VRM0}/blendShapeMaster/blendShapeGroups/0/binds/0/weight`,
    value: 250,
  }),
];

const springs: readonly Mutant[] = [
  one('spring-joint-node', 'a node that is not there', {
    at: `${SPRING1}/springs/0/joints/1/node`,
    value: 999,
  }),
  byEdits('1.0', 'spring-joint-order', 'from tip to root', (sample) => [
    { at: `${SPRING1}/springs/0/joints/0/node`, value: sample.node('hair3') },
    { at: `${SPRING1}/springs/0/joints/2/node`, value: sample.node('hair1') },
  ]),
  byEdits('1.0', 'spring-joint-shared', 'two springs on one chain', (sample) => [
    {
      at: `${SPRING1}/springs/-`,
      value: { joints: [{ node: sample.node('hair2') }, { node: sample.node('hair3') }] },
    },
  ]),
  byEdits('1.0', 'spring-joint-shared', 'a skipped bone in another spring', (sample) => [
    {
      at: `${SPRING1}/springs/0/joints`,
      value: [{ node: sample.node('hair1') }, { node: sample.node('hair3') }],
    },
    { at: `${SPRING1}/springs/-`, value: { joints: [{ node: sample.node('hair2') }] } },
  ]),
  byEdits('0.x', 'spring-joint-shared', 'a root below a root', (sample) => [
    { at: `${VRM0}/secondaryAnimation/boneGroups/0/bones/-`, value: sample.node('hair2') },
  ]),
  one('spring-collider-group', 'a group that is not there', {
    at: `${SPRING1}/springs/0/colliderGroups`,
    value: [3],
  }),
  one('collider-shape', 'no shape', { at: `${SPRING1}/colliders/0/shape` }),
  one('collider-shape', 'two shapes', {
    at: `${SPRING1}/colliders/0/shape/capsule`,
    value: { offset: [0, 0, 0], radius: 0.1, tail: [0, 0.1, 0] },
  }),
  one('collider-node', 'on no node', { at: `${SPRING1}/colliders/0/node`, value: 999 }),
  zero('collider-node', 'on no node', { at: `${VRM0}/secondaryAnimation/colliderGroups/0/node`, value: -1 }),
  one('collider-radius', 'a negative radius', {
    at: `${SPRING1}/colliders/0/shape/sphere/radius`,
    value: -0.1,
  }),
];

export const STRUCTURE_MUTANTS: readonly Mutant[] = [
  ...container,
  ...extension,
  ...meta,
  ...thumbnail,
  ...bones,
  ...pose,
  ...expressions,
  ...springs,
];

export function makeMutant(mutant: Mutant): Uint8Array {
  return mutant.make(sampleVrm(mutant.version));
}

function aroundZ(degrees: number): readonly number[] {
  const half = (degrees * Math.PI) / 360;
  return [0, 0, Math.sin(half), Math.cos(half)];
}

/** The morph's accessor says that nothing moves. */
function still({ document }: SampleVrm, target: number): readonly Edit[] {
  const accessor = at(document, 'meshes', '0', 'primitives', '0', 'targets', String(target), 'POSITION');
  return ['min', 'max'].map((edge) => ({ at: `/accessors/${String(accessor)}/${edge}`, value: [0, 0, 0] }));
}

export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce(member, value);
}

function boneIndex({ document }: SampleVrm, bone: string): number {
  const list = at(document, 'extensions', 'VRM', 'humanoid', 'humanBones');
  return Array.isArray(list) ? list.findIndex((entry) => at(entry, 'bone') === bone) : -1;
}

/** The thumbnail's bytes become these, at the end of the binary chunk. */
export function withPicture(sample: SampleVrm, picture: Uint8Array, mimeType = 'image/png'): Uint8Array {
  const bin = new Uint8Array([...sample.bin, ...picture]);
  const document = edited(sample.document, [
    { at: '/bufferViews/-', value: { buffer: 0, byteOffset: sample.bin.length, byteLength: picture.length } },
    { at: '/images/0/bufferView', value: at(sample.document, 'bufferViews', 'length') },
    { at: '/images/0/mimeType', value: mimeType },
    { at: '/buffers/0/byteLength', value: bin.length },
  ]);
  return packGlb(document, bin);
}

/** Headers alone: a checker decodes no pixel. */
export function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}

function webp(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(new TextEncoder().encode('RIFF....WEBPVP8X'));
  new DataView(bytes.buffer).setUint16(24, width - 1, true);
  new DataView(bytes.buffer).setUint16(27, height - 1, true);
  return bytes;
}
