import assert from 'node:assert/strict';
import type { PromotionProgress, PromotionStep } from '../../src/core/promotion/steps.ts';
import { slowBytesPerSecond } from '../emulators/faultyProxy.ts';
import { inRig, type Rig } from './rig.ts';
import { code } from './support.ts';

const size = 8_000_000;

describe('a promotion over a slow network', function () {
  this.timeout(120_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  interface Seen extends PromotionProgress {
    /** What the network had carried then. */
    readonly carried: number;
  }
  const watching = (seen: Seen[]) => (progress: PromotionProgress) =>
    seen.push({ ...progress, carried: rig.proxy.carried });

  /**
   * What takes seconds is told of five times a second, and all along: by the bytes that the network carried, not by the clock, for
   * the network is never faster than it says. `before`: what it had carried when the bytes were asked for, where that was earlier
   * than the step began.
   */
  function isToldAllAlong(seen: readonly Seen[], step: PromotionStep, before?: number): void {
    const from = seen.findIndex((one) => one.step === step);
    const to = seen.findLastIndex((one) => one.step === step);
    const reports = seen.slice(from, to + 2); // to the beginning of the next
    const marks = [...(before === undefined ? [] : [before]), ...reports.map(({ carried }) => carried)];
    const gaps = marks.slice(1).map((carried, n) => carried - (marks[n] ?? 0));
    const moved = (marks.at(-1) ?? 0) - (marks[0] ?? 0);
    assert.ok(moved >= size, `${step}: the network carried ${moved}`);
    assert.ok(Math.max(...gaps) <= size / 4, `${step}: a gap of ${Math.max(...gaps)} bytes`);
    const seconds = moved / slowBytesPerSecond;
    assert.ok(gaps.length >= 5 * seconds, `${step}: ${gaps.length} reports in ${seconds} s`);
    assert.equal(seen[to]?.total, seen[to]?.bytes);
  }

  it('tells how far it is while it fetches', async () => {
    await rig.upload(await rig.scratch.file('Slow-down.vrm', size));
    const seen: Seen[] = [];
    rig.proxy.fault = { kind: 'slow', after: 0 };
    const before = rig.proxy.carried; // a remote's file is asked for while it is still looked at
    await rig.run(rig.at('Slow-down.vrm', 'damaged'), { onProgress: watching(seen) });
    isToldAllAlong(seen, 'fetch', before);
  });

  it('tells how far it is while it publishes in a bucket', async () => {
    const file = await rig.scratch.file('Slow-up.vrm', size);
    const production = rig.target('damaged:avatar-models');
    const seen: Seen[] = [];
    rig.proxy.fault = { kind: 'slow', after: 0, way: 'up' };
    await rig.run(file, { production, onProgress: watching(seen) });
    isToldAllAlong(seen, 'publish');
  });

  it('tells how far it is while it reads back', async () => {
    const file = await rig.scratch.file('Slow-back.vrm', size);
    const production = rig.target('damaged:avatar-models');
    const seen: Seen[] = [];
    rig.proxy.fault = { kind: 'slow', after: 0 };
    await rig.run(file, { production, onProgress: watching(seen) });
    isToldAllAlong(seen, 'read-back');
  });

  for (const [role, ...steps] of [
    ['production', 'check', 'inspect'],
    ['mirror', 'mirror'],
  ] as const) {
    it(`tells how far it is while it compares what ${role} has already`, async () => {
      const file = await rig.scratch.file(`Slow-again-${role}.vrm`, size);
      const target = rig.target('damaged:avatar-models');
      await rig.run(file, { [role]: target });
      const seen: Seen[] = [];
      rig.proxy.fault = { kind: 'slow', after: 0 };
      await rig.run(file, { [role]: target, onProgress: watching(seen) });
      for (const step of steps) {
        isToldAllAlong(seen, step);
        seen.splice(0, seen.findLastIndex((one) => one.step === step) + 1);
      }
    });
  }

  it('tells how far it is while it fetches the version before, to show what differs', async () => {
    const production = rig.target('damaged:avatar-models');
    await rig.run(await rig.scratch.file('Slow-before.vrm', size), { production });
    const next = await rig.scratch.file('Slow-before.vrm');
    const seen: Seen[] = [];
    rig.proxy.fault = { kind: 'slow', after: 0 };
    await rig.run(next, { production, exact: false, onProgress: watching(seen) });
    isToldAllAlong(seen, 'check');
  });

  for (const role of ['production', 'mirror'] as const) {
    it(`is ended by a word while ${role} is read back, and says what is published`, async () => {
      const name = `Stalled-${role}.vrm`;
      const file = await rig.scratch.file(name, 2_000_000);
      const target = rig.target('damaged:avatar-models');
      await target.guarantee();
      rig.proxy.fault = { kind: 'stall', after: 1_000_000 };
      const cancel = new AbortController();
      const before = rig.proxy.carried;
      const watch = setInterval(() => {
        if (rig.proxy.carried - before >= 1_000_000) cancel.abort();
      }, 50);
      const running = rig.run(file, { [role]: target, signal: cancel.signal });
      try {
        await assert.rejects(running, (thrown) => {
          assert.equal((thrown as { data?: { published?: string } }).data?.published, name);
          return code('cancelled')(thrown);
        });
      } finally {
        clearInterval(watch);
      }
      rig.proxy.fault = { kind: 'none', after: 0 };
      const done = await rig.run(file, { [role]: target });
      assert.deepEqual([done.outcome, done.resumed], ['promoted', true]);
    });
  }
});
