import assert from 'node:assert/strict';
import type { PromotionPlan } from '../../../src/core/promotion/plan.ts';
import { planRows, promotedFraction } from '../../../src/extension/promotionText.ts';
import { english as t } from './support.ts';

const plan: PromotionPlan = {
  kind: 'model',
  source: {
    place: '/home/me/exports/A.vrm',
    size: 9_000_000,
    sha256: 'ab'.repeat(32),
    stored: null,
  },
  name: 'A.vrm',
  exact: false,
  profile: 'app',
  expected: { state: 'free', name: 'A-v2.vrm' },
  copies: [{ role: 'production', place: '/mnt/production', guarantee: 'link' }],
  publicUrl: null,
  leftOut: ['mirror', 'cdn', 'public-url', 'register'],
  findings: [],
  model: null,
  previous: null,
  differences: [],
  register: null,
};

describe('what a promotion says before it runs', () => {
  it('shows the name it would get, both ends, size and the whole hash', () => {
    assert.deepEqual(planRows(plan, t), [
      { label: 'Name', value: 'A-v2.vrm: free' },
      { label: 'From', value: '/home/me/exports/A.vrm' },
      { label: 'To', value: '/mnt/production' },
      { label: 'Size', value: '9.0 MB' },
      { label: 'SHA256', value: 'ab'.repeat(32) },
      { label: 'Held against', value: "the specification and the companion app's needs" },
    ]);
  });

  it('tells bytes that are there already from a name that is gone', () => {
    const state = (is: 'same' | 'taken') =>
      planRows({ ...plan, expected: { state: is, name: 'A.vrm' } }, t)[0]?.value;
    assert.equal(state('same'), 'A.vrm: already there with the same bytes');
    assert.equal(state('taken'), 'A.vrm: taken by other bytes');
  });

  it('goes from 0 to less than 1, never back', () => {
    const way = [
      { step: 'inspect', bytes: 0, total: 0 },
      { step: 'copy', bytes: 0, total: 10 },
      { step: 'copy', bytes: 5, total: 10 },
      { step: 'copy', bytes: 10, total: 10 },
      { step: 'compare', bytes: 0, total: 0 },
      { step: 'seal', bytes: 0, total: 0 },
    ] as const;
    const fractions = way.map(promotedFraction);
    assert.equal(fractions[0], 0);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.ok(fractions.every((one) => one < 1));
  });
});
