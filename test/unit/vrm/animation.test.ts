import assert from 'node:assert/strict';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { BONES } from '../../../src/core/vrm/humanoid.ts';
import { ANIMATION_RULES } from '../../../src/core/vrm/rules/index.ts';
import { skip } from '../../support/skip.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited, type Edit } from '../../support/vrm/json.ts';
import { readSample, SAMPLE_MOVEMENTS, samplesMissing } from '../../support/vrm/samples.ts';

const required = BONES.filter((bone) => bone.required.includes('1.0')).map(({ name }) => name);
const [happy, own, gaze] = [required.length, required.length + 1, required.length + 2];

/** A movement with all that one may have: https://github.com/vrm-c/vrm-specification, VRMC_vrm_animation-1.0 */
const document = {
  asset: { version: '2.0' },
  extensionsUsed: ['VRMC_vrm_animation'],
  nodes: [
    ...required.map((name) => ({ name, translation: [0, 1, 0] })),
    { name: 'happy' },
    { name: 'own' },
    { name: 'gaze' },
  ],
  animations: [
    {
      channels: [
        { sampler: 0, target: { node: 0, path: 'translation' } },
        { sampler: 0, target: { node: 1, path: 'rotation' } },
        { sampler: 0, target: { node: happy, path: 'translation' } },
        { sampler: 0, target: { node: gaze, path: 'rotation' } },
      ],
      samplers: [{}],
    },
  ],
  extensions: {
    VRMC_vrm_animation: {
      specVersion: '1.0',
      humanoid: { humanBones: Object.fromEntries(required.map((name, node) => [name, { node }])) },
      expressions: { preset: { happy: { node: happy } }, custom: { own: { node: own } } },
      lookAt: { node: gaze },
    },
  },
};
const extension = '/extensions/VRMC_vrm_animation';
const pathOf = (channel: number): string => `/animations/0/channels/${channel}/target/path`;

describe('check of a movement', () => {
  const codesOf = (...edits: readonly Edit[]): string[] =>
    checkVrm(packGlb(edited(document, edits), new Uint8Array()), { isAnimation: true }).findings.map(
      ({ code }) => code,
    );
  const defects: readonly (readonly [string, Edit])[] = [
    ['animation-extension', { at: '/extensions' }],
    ['animation-hips', { at: `${extension}/humanoid/humanBones/hips` }],
    ['animation-empty', { at: '/animations/0/channels', value: [] }],
    ['animation-empty', { at: '/animations' }],
    ['animation-undeclared', { at: '/extensionsUsed' }],
    ['animation-version', { at: `${extension}/specVersion` }],
    ['animation-version', { at: `${extension}/specVersion`, value: '2.0' }],
    ['animation-node', { at: `${extension}/humanoid/humanBones/spine`, value: { node: 99 } }],
    ['animation-node', { at: `${extension}/expressions/preset/happy`, value: {} }],
    ['animation-bone', { at: `${extension}/humanoid/humanBones/leftEye`, value: { node: own } }],
    ['animation-bone', { at: `${extension}/humanoid/humanBones/tail`, value: { node: own } }],
    ['animation-bone-missing', { at: `${extension}/humanoid/humanBones/spine` }],
    ['animation-expression', { at: `${extension}/expressions/preset/lookUp`, value: { node: own } }],
    ['animation-expression', { at: `${extension}/expressions/preset/grin`, value: { node: own } }],
    ['animation-expression', { at: `${extension}/expressions/custom/sad`, value: { node: own } }],
    ['animation-path', { at: pathOf(0), value: 'scale' }],
    ['animation-path', { at: pathOf(1), value: 'translation' }],
    ['animation-path', { at: pathOf(2), value: 'rotation' }],
    ['animation-path', { at: pathOf(3), value: 'translation' }],
    ['animation-rest', { at: '/nodes/0/translation' }],
  ];

  it('finds nothing in a sound one', () => assert.deepEqual(codesOf(), []));
  for (const name of SAMPLE_MOVEMENTS) {
    it(`finds no error in ${name}`, function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
      const wrong = checkVrm(readSample(name), { isAnimation: true }).findings.filter(
        ({ severity }) => severity !== 'info',
      );
      assert.deepEqual(wrong, []);
    });
  }
  for (const [code, edit] of defects) {
    it(`finds ${code} where ${edit.at} is wrong`, () => assert.deepEqual(codesOf(edit), [code]));
  }
  it('finds a file that is none, and every code it has', () => {
    assert.deepEqual(
      checkVrm(new Uint8Array(40), { isAnimation: true }).findings.map(({ code }) => code),
      ['glb-not-glb'],
    );
    const [, ...rules] = ANIMATION_RULES;
    assert.deepEqual(
      rules.flatMap(({ codes }) => Object.keys(codes)).toSorted(),
      [...new Set(defects.map(([code]) => code))].toSorted(),
    );
  });
});
