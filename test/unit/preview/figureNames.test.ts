import assert from 'node:assert/strict';
import { figureNames } from '../../../src/core/preview/figureNames.ts';

describe('the figures an animation may be made for', () => {
  it('are those its name begins with, the longest first', () => {
    assert.deepEqual(figureNames('Hero-wave.vrma'), ['Hero.vrm']);
    assert.deepEqual(figureNames('My-Hero-jump.VRMA'), ['My-Hero.vrm', 'My.vrm']);
    assert.deepEqual(figureNames('wave.vrma'), []);
    assert.deepEqual(figureNames('-wave.vrma'), []);
  });
});
