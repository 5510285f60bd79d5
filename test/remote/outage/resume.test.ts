import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import type { BlenderPort, ReceivedBlob } from '../../../src/core/ports.ts';
import { BadPath } from '../../emulators/badPath.ts';
import { countingBlender, type CountingBlender } from '../../support/countingBlender.ts';

const seed = Number(process.env['AVATAR_FORGE_SEED'] ?? 20_261_120);

describe(`commands over connections that break (AVATAR_FORGE_SEED=${seed})`, () => {
  let there: CountingBlender;
  let path: BadPath;
  let blender: BlenderPort;
  const ends: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    there = await countingBlender();
    path = await BadPath.open({ target: { host: '127.0.0.1', port: there.port }, delayMs: 2 });
    blender = connectBlender(
      // By a tunnel, as one on another machine: it is waited for.
      { host: '127.0.0.1', port: path.port, tunnel: { url: `tcp://127.0.0.1:${path.port}` } },
      { client: 'test/0', library: '/nowhere' },
    );
    ends.push(
      () => blender.close(),
      () => path.close(),
      () => there.close(),
    );
    await blender.describe();
  });

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('runs each once and answers each, wherever they are cut', async () => {
    const random = generator(seed);
    const keys = Array.from({ length: 400 }, (_, n) => `command-${n}`);
    const over = new AbortController();
    const cutting = (async () => {
      while (!over.signal.aborted) {
        await sleep(20 + random(150));
        path.cut();
      }
    })();
    const run = async (key: string): Promise<unknown> => {
      await sleep(random(3_000));
      const kind = random(3);
      if (kind === 0) return blender.call('count', { key });
      if (kind === 1) return blender.call('count', { key, s: random(20) / 1000 });
      const { image } = (await blender.call('picture', { key, size: 320_000 })) as { image: ReceivedBlob };
      assert.equal(image.bytes.length, 320_000);
      return key;
    };
    const answers = await Promise.allSettled(keys.map(run));
    over.abort();
    await cutting;
    const totals = (await blender.call('totals', {})) as Record<string, number>;
    for (const [n, answer] of answers.entries()) {
      const key = keys[n]!;
      if (answer.status === 'fulfilled') assert.equal(answer.value, key);
      else assert.fail(`${key}: ${String(answer.reason)}`);
      assert.equal(totals[key], 1, key);
    }
  }).timeout(60_000);

  it('answers what ran on while the client was away, and heard of it only then', async () => {
    const answer = blender.call('count', { key: 'long', s: 0.5 });
    await sleep(100);
    path.cut();
    await sleep(600);
    assert.equal(await answer, 'long');
    assert.deepEqual(await blender.call('totals', {}), { long: 1 });
  });

  it('says so where Blender no longer knows whether it ran', async () => {
    const answer = assert.rejects(blender.call('count', { key: 'x', s: 5 }), {
      code: 'blender-gone',
      message: /started anew.*It may have been done, or not/,
    });
    await sleep(100);
    const other = await countingBlender();
    ends.push(() => other.close());
    path.redirect({ host: '127.0.0.1', port: other.port });
    path.cut();
    await answer;
    assert.deepEqual(await blender.call('totals', {}), {}, 'it was not sent to the new one');
  });

  it('takes a file up where it broke', async () => {
    const bytes = new Uint8Array(6_000_000).map((_, n) => n % 251);
    for (let n = 1; n <= 2; n += 1) setTimeout(() => path.cut(), 15 * n);
    await blender.writeFile('uploads', 'big.bin', bytes);
    for (let n = 1; n <= 2; n += 1) setTimeout(() => path.cut(), 15 * n);
    assert.deepEqual(Buffer.from(await blender.readFile('uploads', 'big.bin')), Buffer.from(bytes));
  });

  it('does not let a caller wait who gives up meanwhile', async () => {
    const abort = new AbortController();
    const answer = blender.call('count', { key: 'x', s: 0.2 }, { signal: abort.signal });
    await sleep(20);
    path.break();
    abort.abort();
    await assert.rejects(answer, { code: 'cancelled' });
    path.mend();
    assert.equal(await blender.call('count', { key: 'y' }), 'y');
  });
});

/** xorshift32 */
function generator(start: number): (below: number) => number {
  let state = start | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}
