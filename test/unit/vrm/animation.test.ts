import assert from 'node:assert/strict';
import { checkAnimation } from '../../../src/core/vrm/check.ts';
import { ANIMATION_RULES } from '../../../src/core/vrm/rules/index.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited, type Edit } from '../../support/vrm/json.ts';

/** The least that moves: https://github.com/vrm-c/vrm-specification, VRMC_vrm_animation-1.0 */
const document = {
  asset: { version: '2.0' },
  extensionsUsed: ['VRMC_vrm_animation'],
  nodes: [{ name: 'hips' }],
  animations: [{ channels: [{ sampler: 0, target: { node: 0, path: 'translation' } }], samplers: [{}] }],
  extensions: { VRMC_vrm_animation: { specVersion: '1.0', humanoid: { humanBones: { hips: { node: 0 } } } } },
};

describe('check of a movement', () => {
  const codesOf = (...edits: readonly Edit[]): string[] =>
    checkAnimation(packGlb(edited(document, edits), new Uint8Array())).map(({ code }) => code);
  const defects: readonly (readonly [string, Edit])[] = [
    ['animation-extension', { at: '/extensions' }],
    ['animation-hips', { at: '/extensions/VRMC_vrm_animation/humanoid/humanBones/hips' }],
    ['animation-empty', { at: '/animations/0/channels', value: [] }],
    ['animation-empty', { at: '/animations' }],
  ];

  it('finds nothing in a sound one', () => assert.deepEqual(codesOf(), []));
  for (const [code, edit] of defects) {
    it(`finds ${code} where ${edit.at} is wrong`, () => assert.deepEqual(codesOf(edit), [code]));
  }
  it('finds a file that is none, and every code it has', () => {
    assert.deepEqual(
      checkAnimation(new Uint8Array(40)).map(({ code }) => code),
      ['glb-not-glb'],
    );
    const [, rule] = ANIMATION_RULES;
    assert.deepEqual(
      Object.keys(rule.codes).toSorted(),
      [...new Set(defects.map(([code]) => code))].toSorted(),
    );
  });
});
