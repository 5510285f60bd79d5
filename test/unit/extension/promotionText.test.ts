import assert from 'node:assert/strict';
import { progressText, promotedFraction } from '../../../src/extension/promotionText.ts';
import { english as t } from './support.ts';

describe('what a promotion says while it runs', () => {
  it('names the step, and counts bytes where they move', () => {
    assert.equal(progressText({ step: 'check', bytes: 0, total: 0 }, t), 'Checking every rule');
    assert.equal(
      progressText({ step: 'cdn', bytes: 12_300_000, total: 30_000_000 }, t),
      'Copying to the CDN: 12.3 MB of 30.0 MB',
    );
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
