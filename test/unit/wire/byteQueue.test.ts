import assert from 'node:assert/strict';
import { ByteQueue } from '../../../src/core/wire/byteQueue.ts';

describe('bytes in the order they came', () => {
  it('are the same whatever they came in, and were taken in', () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7919) & 0xff));
    for (const [came, taken] of [
      [1, 3],
      [3, 1],
      [500, 513],
      [513, 500],
      [511, 20_000],
    ] as const) {
      const queue = new ByteQueue();
      const out: Buffer[] = [];
      for (let at = 0, large = false; at < bytes.length; large = !large) {
        const size = large ? came * 5 : came;
        queue.push(bytes.subarray(at, at + size));
        at += size;
        while (queue.size >= taken) out.push(queue.take(taken));
      }
      out.push(queue.takeAll());
      assert.ok(Buffer.concat(out).equals(bytes), `${came} ${taken}`);
    }
  });

  it('are kept in few pieces, though they came one by one', () => {
    const queue = new ByteQueue();
    for (let n = 0; n < 100_000; n += 1) queue.push(Buffer.from([n & 0xff]));
    assert.equal(queue.size, 100_000);
    assert.ok([...queue.piecesFrom(0)].length < 10);
  });

  it('stay what they are once they are handed out', () => {
    const queue = new ByteQueue();
    queue.push(Buffer.from('abc'));
    const first = queue.take(2);
    queue.push(Buffer.from('def'));
    assert.equal(String(first), 'ab');
    assert.equal(String(queue.takeAll()), 'cdef');
  });
});
