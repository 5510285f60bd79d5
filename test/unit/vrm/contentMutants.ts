/** Models with one defect each in what they hold: weights, triangles, pictures, materials, values, permissions. */
import { type Budget, PROFILES } from '../../../src/core/vrm/profile.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import type { SampleVrm } from '../../support/vrm/sampleVrm.ts';
import { MATERIAL_MUTANTS } from './materialMutants.ts';
import { at, byEdits, type Mutant, one, png, withPicture, zero } from './mutants.ts';

const VRM1 = '/extensions/VRMC_vrm';
const JOINTS1 = '/extensions/VRMC_springBone/springs/0/joints';
const VRM0 = '/extensions/VRM';

const made = (code: string, defect: string, make: (sample: SampleVrm) => Uint8Array): Mutant => ({
  code,
  defect,
  version: '1.0',
  make,
});

const geometry: readonly Mutant[] = [
  made('weights-missing', 'a vertex that no bone holds', (sample) => withWeights(sample, [0, 0, 0, 0])),
  made('weights-sum', 'weights of a half', (sample) => withWeights(sample, [0.5, 0, 0, 0])),
  made('weights-joint', 'a joint beyond the skin', (sample) =>
    withBytes(sample, attribute(sample, 'JOINTS_0'), new Uint8Array([9])),
  ),
  byEdits('1.0', 'weights-more-than-four', 'a second set of joints', (sample) => [
    { at: '/meshes/0/primitives/0/attributes/JOINTS_1', value: attribute(sample, 'JOINTS_0') },
    { at: '/meshes/0/primitives/0/attributes/WEIGHTS_1', value: attribute(sample, 'WEIGHTS_0') },
  ]),
  made('triangles-degenerate', 'a triangle with two corners in one', (sample) =>
    withBytes(sample, indicesOf(sample), new Uint8Array(new Uint16Array([2, 2]).buffer)),
  ),
  made('triangles-degenerate', 'two vertices in one place', (sample) => withFirstLikeSecond(sample)),
  made('triangles-degenerate', 'two vertices in one place, without indices', (sample) => {
    const document = edited(sample.document, [{ at: '/meshes/0/primitives/0/indices' }]);
    return withFirstLikeSecond({ ...sample, document });
  }),
  made('triangles-index', 'a corner that is not there', (sample) =>
    withBytes(sample, indicesOf(sample), new Uint8Array(new Uint16Array([500]).buffer)),
  ),
];

const pictures: readonly Mutant[] = [
  made('texture-size', '8192 pixels', (sample) => withPicture(sample, png(8192, 8192))),
  made('texture-format', 'no picture at all', (sample) => withPicture(sample, new Uint8Array(40))),
  made('texture-mime', 'a PNG that says JPEG', (sample) => withPicture(sample, png(8, 8), 'image/jpeg')),
];

/** Many expressions, each of a whole megabyte that it shares with the others. */
const endless = made('check-incomplete', 'data pointed at again and again', (sample) => {
  const large = new Uint8Array(sample.bin.length + (1 << 20));
  large.set(sample.bin);
  const { length: accessor } = at(sample.document, 'accessors') as readonly unknown[];
  const { length: bufferView } = at(sample.document, 'bufferViews') as readonly unknown[];
  const { length: index } = at(
    sample.document,
    'meshes',
    '0',
    'primitives',
    '0',
    'targets',
  ) as readonly unknown[];
  const bind = { node: sample.node('Body'), index, weight: 1 };
  const custom = Array.from({ length: 2000 }, (_, n) => [`e${n}`, { morphTargetBinds: [bind] }]);
  const document = edited(sample.document, [
    { at: '/bufferViews/-', value: { buffer: 0, byteOffset: sample.bin.length, byteLength: 1 << 20 } },
    { at: '/accessors/-', value: { bufferView, componentType: 5126, type: 'VEC3', count: 80_000 } },
    { at: '/meshes/0/primitives/0/targets/-', value: { POSITION: accessor } },
    { at: `${VRM1}/expressions/custom`, value: Object.fromEntries(custom) as unknown },
    { at: '/buffers/0/byteLength', value: large.length },
  ]);
  return packGlb(document, large);
});

const unused: readonly Mutant[] = [
  byEdits('1.0', 'unused-bytes', 'a buffer view that nothing reads', ({ bin }) => [
    { at: '/bufferViews/-', value: { buffer: 0, byteOffset: 0, byteLength: bin.length } },
  ]),
  byEdits('1.0', 'unused-image', 'a picture beside the thumbnail', () => [
    { at: '/images/-', value: { name: 'Forgotten', mimeType: 'image/png', bufferView: 0 } },
  ]),
  byEdits('0.x', 'unused-mesh', 'a mesh on no node', () => [
    { at: '/meshes/-', value: { name: 'Forgotten', primitives: [] } },
  ]),
];

const follows =
  (...sources: readonly (readonly [name: string, kind: string, value: object])[]) =>
  (sample: SampleVrm) =>
    sources.map(([name, kind, value]) => ({
      at: `/nodes/${sample.node(name)}/extensions`,
      value: { VRMC_node_constraint: { specVersion: '1.0', constraint: { [kind]: value } } },
    }));
const constraint = (code: string, defect: string, kind: string, value: object): Mutant =>
  byEdits('1.0', code, defect, follows(['hair1', kind, value]));

const constraints: readonly Mutant[] = [
  constraint('constraint-kind', 'a constraint of no kind', 'spin', { source: 0 }),
  constraint('constraint-source', 'a source that is not there', 'rotation', { source: 999 }),
  constraint('constraint-weight', 'a weight of 2', 'rotation', { source: 0, weight: 2 }),
  constraint('constraint-axis', 'a roll about nothing', 'roll', { source: 0 }),
  constraint('constraint-axis', 'an aim along half an axis', 'aim', { source: 0, aimAxis: 'Y' }),
  byEdits('1.0', 'constraint-cycle', 'two that follow each other', (sample) =>
    follows(
      ['hair3', 'rotation', { source: sample.node('leftHand') }],
      ['leftHand', 'aim', { source: sample.node('hair3'), aimAxis: 'PositiveY' }],
    )(sample),
  ),
  byEdits('1.0', 'constraint-cycle', 'a source below what follows it', (sample) =>
    follows(['hair1', 'rotation', { source: sample.node('hair3') }])(sample),
  ),
  byEdits('1.0', 'constraint-cycle', 'a source below what follows another', (sample) =>
    follows(
      ['hair1', 'rotation', { source: sample.node('leftHand') }],
      ['leftLowerArm', 'roll', { source: sample.node('hair2'), rollAxis: 'X' }],
    )(sample),
  ),
];

const gaze: readonly Mutant[] = [
  byEdits('1.0', 'look-at-eyes', 'no left eye', () => [
    { at: `${VRM1}/lookAt`, value: { type: 'bone' } },
    { at: `${VRM1}/humanoid/humanBones/leftEye` },
  ]),
  one('look-at-dead', 'expressions that are not there', {
    at: `${VRM1}/lookAt`,
    value: { type: 'expression' },
  }),
  one('look-at-range', 'an output of nothing', {
    at: `${VRM1}/lookAt`,
    value: { type: 'bone', rangeMapVerticalUp: { inputMaxValue: 90, outputScale: 0 } },
  }),
  one('look-at-range', 'an input of more than half a turn', {
    at: `${VRM1}/lookAt`,
    value: { type: 'bone', rangeMapVerticalUp: { inputMaxValue: 181, outputScale: 10 } },
  }),
  zero('look-at-range', 'an input of nothing', {
    at: `${VRM0}/firstPerson/lookAtVerticalUp`,
    value: { xRange: 0, yRange: 10 },
  }),
  byEdits('1.0', 'first-person-mesh', 'a node without mesh', (sample) => [
    {
      at: `${VRM1}/firstPerson`,
      value: { meshAnnotations: [{ node: sample.node('head'), type: 'auto' }] },
    },
  ]),
  byEdits('1.0', 'first-person-type', 'an unknown type', (sample) => [
    {
      at: `${VRM1}/firstPerson`,
      value: { meshAnnotations: [{ node: sample.node('Body'), type: 'never' }] },
    },
  ]),
  zero('first-person-type', 'an unknown flag', {
    at: `${VRM0}/firstPerson/meshAnnotations`,
    value: [{ mesh: 0, firstPersonFlag: 'Sometimes' }],
  }),
];

const weak: readonly Mutant[] = [
  one('expression-weak', 'a viseme of a fifth of a millimetre', {
    at: `${VRM1}/expressions/preset/aa/morphTargetBinds/0/weight`,
    value: 0.01,
  }),
  zero('expression-weak', 'a blink of a fifth of a millimetre', {
    at: `${VRM0}/blendShapeMaster/blendShapeGroups/5/binds/0/weight`,
    value: 1,
  }),
];

const values: readonly Mutant[] = [
  one('spring-value', 'a drag of 4', { at: `${JOINTS1}/0/dragForce`, value: 4 }),
  one('spring-value', 'a stiffness below nothing', { at: `${JOINTS1}/1/stiffness`, value: -1 }),
  zero('spring-value', 'a drag of 4', {
    at: `${VRM0}/secondaryAnimation/boneGroups/0/dragForce`,
    value: 4,
  }),
  one('spring-radius-wide', 'centimetres for metres', { at: `${JOINTS1}/0/hitRadius`, value: 2 }),
];

const permissions: readonly Mutant[] = [
  one('licence-no-redistribution', 'not to be passed on', {
    at: `${VRM1}/meta/allowRedistribution`,
    value: false,
  }),
  zero('licence-no-redistribution', 'not to be passed on', {
    at: `${VRM0}/meta/licenseName`,
    value: 'Redistribution_Prohibited',
  }),
  one(
    'licence-contradiction',
    'changes may be passed on alone',
    { at: `${VRM1}/meta/allowRedistribution`, value: false },
    { at: `${VRM1}/meta/modification`, value: 'allowModificationRedistribution' },
  ),
  zero('licence-other-url', 'another licence somewhere', { at: `${VRM0}/meta/licenseName`, value: 'Other' }),
];

const tight = (code: string, budget: Budget, make: Mutant['make'] = ({ glb }) => glb): Mutant => ({
  ...made(code, `a budget of ${JSON.stringify(budget)}`, make),
  profile: { ...PROFILES.app, budget },
});

const budgets: readonly Mutant[] = [
  tight('budget-triangles', { triangles: 11 }),
  tight('budget-materials', { materials: 0 }),
  tight('budget-bones', { bones: 0 }),
  tight('budget-texture-memory', { textureMiB: 4 }, (sample) => {
    const document = edited(sample.document, [{ at: `${VRM1}/meta/thumbnailImage` }]);
    return withPicture({ ...sample, document }, png(1024, 1024));
  }),
];

export const CONTENT_MUTANTS: readonly Mutant[] = [
  ...geometry,
  ...pictures,
  ...unused,
  endless,
  ...MATERIAL_MUTANTS,
  ...constraints,
  ...gaze,
  ...weak,
  ...values,
  ...permissions,
  ...budgets,
];

function attribute({ document }: SampleVrm, name: string): number {
  return Number(at(document, 'meshes', '0', 'primitives', '0', 'attributes', name));
}

function indicesOf({ document }: SampleVrm): number {
  return Number(at(document, 'meshes', '0', 'primitives', '0', 'indices'));
}

/** The first bytes of an accessor become these. */
function withBytes({ document, bin }: SampleVrm, accessor: number, bytes: Uint8Array): Uint8Array {
  const view = String(at(document, 'accessors', String(accessor), 'bufferView'));
  const copy = bin.slice();
  copy.set(bytes, Number(at(document, 'bufferViews', view, 'byteOffset')));
  return packGlb(edited(document, []), copy);
}

/** The first vertex has these weights. */
function withWeights(sample: SampleVrm, weights: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(new Float32Array(weights).buffer);
  return withBytes(sample, attribute(sample, 'WEIGHTS_0'), bytes);
}

function withFirstLikeSecond(sample: SampleVrm): Uint8Array {
  return withBytes(
    sample,
    attribute(sample, 'POSITION'),
    new Uint8Array(new Float32Array([0.2, 0, -0.1]).buffer),
  );
}
