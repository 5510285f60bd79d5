import assert from 'node:assert/strict';
import {
  hangs,
  starting,
  supervision,
  type SupervisionEvent,
  supervisionLimits as limits,
  type SupervisionState,
} from '../../../src/core/supervision.ts';

const run = (events: readonly SupervisionEvent[], from: SupervisionState = starting): SupervisionState =>
  events.reduce((state, event) => supervision(state, event), from);
const ended = (nowMs: number): SupervisionEvent => ({ type: 'ended', nowMs, random: 1, why: 'it ended' });

describe('supervision', () => {
  it('waits longer after each failure, up to a minute, and gives up after the last', () => {
    let state = starting;
    const waits: number[] = [];
    for (let failure = 1; failure < limits.mostFailures; failure += 1) {
      state = supervision(state, ended(0));
      assert.ok(state.is === 'restarting');
      waits.push(state.retryAtMs);
      state = supervision(state, { type: 'start' });
    }
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    state = supervision(state, ended(0));
    assert.deepEqual(state, { is: 'gave-up', failures: limits.mostFailures, why: 'it ended' });
    assert.equal(run([{ type: 'start' }, { type: 'ready', nowMs: 0 }, ended(0)], state), state);
  });

  it('forgets failures once it was up for long', () => {
    const again = run([ended(0), { type: 'start' }, { type: 'ready', nowMs: 10 }]);
    const young = supervision(again, { type: 'heard', nowMs: 10 + limits.steadyMs - 1 });
    assert.equal(young.failures, 1);
    assert.equal(supervision(young, { type: 'heard', nowMs: 10 + limits.steadyMs }).failures, 0);
  });

  it('counts the starts that never came to listen apart', () => {
    const unready = run([ended(0), { type: 'start' }, ended(0), { type: 'start' }]);
    assert.deepEqual(unready, { is: 'starting', failures: 2, unready: 2 });
    const after = run([{ type: 'ready', nowMs: 0 }, ended(0), { type: 'start' }], unready);
    assert.deepEqual(after, { is: 'starting', failures: 3, unready: 0 });
  });

  it('hangs where it is up and was not heard for long', () => {
    const up = run([
      { type: 'ready', nowMs: 0 },
      { type: 'heard', nowMs: 100 },
    ]);
    assert.equal(hangs(up, 99 + limits.silentMs, limits), false);
    assert.equal(hangs(up, 100 + limits.silentMs, limits), true);
    assert.equal(hangs(starting, 1e9, limits), false);
  });
});
