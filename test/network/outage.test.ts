import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import type { BlenderPort, ReceivedBlob } from '../../src/core/ports.ts';
import { BadPath } from '../emulators/badPath.ts';
import { countingBlender } from '../support/countingBlender.ts';
import { skip } from '../support/skip.ts';
import { FarHost, startFarAgent } from './support/farHost.ts';

const outageMs = 10_000;

/** 20 Mbit/s each way and 40 ms there and back, to an agent with TLS and the add-on's own server behind it. */
describe('a Blender at the end of a bad network path', function () {
  this.timeout(90_000);
  let far: FarHost;
  let path: BadPath;
  let blender: BlenderPort;
  const ends: (() => unknown)[] = [];

  before(function () {
    const obstacle = FarHost.obstacle();
    if (obstacle !== null) skip(this, obstacle);
  });

  beforeEach(async () => {
    far = new FarHost();
    ends.unshift(() => far.close());
    const there = await countingBlender(far.within);
    ends.unshift(() => there.close());
    const agent = await startFarAgent(far, there.port);
    ends.unshift(() => agent.close());
    path = await BadPath.open({ target: { host: far.address, port: agent.port }, delayMs: 20 });
    ends.unshift(() => path.close());
    blender = connectBlender(agent.endpointAt(path.port), { client: 'test/0', library: '/nowhere' });
    ends.unshift(() => blender.close());
    await blender.describe();
  });

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('is asked and answers in one round trip', async () => {
    const before = path.turns;
    for (let n = 0; n < 20; n += 1) await blender.call('count', { key: `call-${n}` });
    await blender.call('picture', { key: 'picture', size: 320_000 });
    assert.equal(path.turns - before, 21);
  });

  for (const [what, out, back] of [
    ['whose connections break', () => path.break(), () => path.mend()],
    ['in which nothing moves', () => path.stall(), () => path.mend()],
    ['with the cable out', () => far.plug(false), () => far.plug(true)],
  ] as const) {
    it(`loses nothing and does nothing twice through ${outageMs / 1000} s ${what}`, async () => {
      const bytes = new Uint8Array(4_000_000).map((_, n) => n % 251);
      const calls = new Map<string, Promise<unknown>>();
      const begin = (key: string, s = 0): void => void calls.set(key, blender.call('count', { key, s }));
      begin('long', 3);
      begin('waiting');
      const picture = blender.call('picture', { key: 'picture', size: 640_000 });
      const file = blender.writeFile('uploads', 'big.bin', bytes);
      await sleep(500);
      begin('on its way');
      await sleep(5);
      out();
      begin('into nothing');
      await sleep(outageMs / 2);
      begin('in the middle');
      await sleep(outageMs / 2);
      back();
      begin('after');
      for (const [key, answer] of calls) assert.equal(await answer, key);
      const { image } = (await picture) as { image: ReceivedBlob };
      assert.equal(image.bytes.length, 640_000);
      assert.equal((await file).size, bytes.length);
      const read = await blender.readFile('uploads', 'big.bin');
      assert.ok(Buffer.from(bytes).equals(read));
      const totals = (await blender.call('totals', {})) as Record<string, number>;
      const once = Object.fromEntries([...calls.keys(), 'picture'].map((key) => [key, 1]));
      assert.deepEqual(totals, once);
    });
  }
});
