import assert from 'node:assert/strict';
import type { PeerInfo } from '../../src/core/ports.ts';
import {
  backoffMs,
  disconnected,
  session,
  type SessionEvent,
  type SessionState,
} from '../../src/core/session.ts';

const peer: PeerInfo = {
  dialect: 'avatar-forge',
  addonVersion: '0.1.0',
  blenderVersion: '3.4.1',
  background: true,
  instance: 'x',
};
const after = (...events: SessionEvent[]): SessionState => events.reduce(session, disconnected);
const failed: SessionEvent = { type: 'failed', code: 'blender-unreachable', nowMs: 1_000, random: 0 };

describe('session', () => {
  it('connects, is lost, and connects again', () => {
    assert.deepEqual(after({ type: 'connect' }), { is: 'connecting', failures: 0 });
    assert.deepEqual(after({ type: 'connect' }, { type: 'connected', peer }), { is: 'connected', peer });
    assert.deepEqual(after({ type: 'connect' }, { type: 'connected', peer }, { type: 'lost' }), disconnected);
  });

  it('waits longer after each failure, and forgets them once connected', () => {
    const once = after({ type: 'connect' }, failed);
    assert.deepEqual(once, { is: 'waiting', failures: 1, retryAtMs: 1_125, code: 'blender-unreachable' });
    const twice = [{ type: 'connect' } as const, failed].reduce(session, once);
    assert.deepEqual(twice, { is: 'waiting', failures: 2, retryAtMs: 1_250, code: 'blender-unreachable' });
    const back = [
      { type: 'connect' },
      { type: 'connected', peer },
      { type: 'lost' },
      { type: 'connect' },
    ] as const;
    assert.deepEqual(back.reduce(session, twice), { is: 'connecting', failures: 0 });
  });

  it('stays closed', () => {
    const closed = after({ type: 'connect' }, { type: 'close' });
    for (const event of [
      { type: 'connect' },
      { type: 'connected', peer },
      failed,
      { type: 'lost' },
    ] as const) {
      assert.equal(session(closed, event), closed);
    }
  });

  it('ignores what means nothing now', () => {
    assert.equal(session(disconnected, { type: 'lost' }), disconnected);
    assert.equal(session(disconnected, failed), disconnected);
    assert.equal(session(disconnected, { type: 'connected', peer }), disconnected);
  });
});

describe('back-off', () => {
  it('doubles up to 5 s, half of it by chance', () => {
    assert.deepEqual(
      [1, 2, 3, 6, 60].map((failures) => backoffMs(failures, 1)),
      [250, 500, 1_000, 5_000, 5_000],
    );
    assert.deepEqual(
      [1, 2, 60].map((failures) => backoffMs(failures, 0)),
      [125, 250, 2_500],
    );
  });
});
