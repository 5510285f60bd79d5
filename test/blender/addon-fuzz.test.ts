import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMessage, encodePieceHeader } from '../../src/core/wire/frames.ts';
import { startTestBlender, type TestBlender } from './support/blender.ts';
import { ForgeClient, RawClient, StockClient, dial } from './support/clients.ts';

const messages = 100_000;
const mostPerConnection = 100;
const atOnce = 20;
/** Resident memory may grow by so much between the first and the last tenth. */
const toleranceMiB = 24;

/** Xorshift: the same messages in every run. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    assert.ok(chosen !== undefined);
    return chosen;
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)));
  }
}

const methods = [
  'ping',
  'status',
  'get_scene_info',
  'get_object_info',
  'file.get',
  'file.put',
  'file.stat',
  'file.commit',
  'file.delete',
  'file.list',
  'create_object',
  'modify_object',
  'get_polyhaven_status',
  'hello',
  'nope',
  '',
  '__class__',
  'a'.repeat(3000),
] as const;

function value(chance: Chance, depth = 0): unknown {
  switch (chance.below(depth > 3 ? 7 : 9)) {
    case 0:
      return null;
    case 1:
      return chance.below(2) === 0;
    case 2:
      return chance.of([0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e308, chance.below(1000)]);
    case 3:
      return chance.of([
        '',
        '../../etc/passwd',
        '\0',
        '\ud800',
        '😀',
        'exports',
        'Cube',
        '__proto__',
        'x'.repeat(500),
      ]);
    case 4:
    case 5:
      return chance.below(100);
    case 6:
      return chance.bytes(20).toString('latin1');
    case 7:
      return Array.from({ length: chance.below(5) }, () => value(chance, depth + 1));
    default:
      return params(chance, depth + 1);
  }
}

function params(chance: Chance, depth = 0): Record<string, unknown> {
  const keys = [
    'root',
    'name',
    'size',
    'sha256',
    'offset',
    'stream',
    'objects',
    'kind',
    'filter',
    'limit',
    '__proto__',
    '',
  ];
  return Object.fromEntries(
    Array.from({ length: chance.below(5) }, () => [chance.of(keys), value(chance, depth)]),
  );
}

/** Cut short, or with some bytes changed. */
function damaged(chance: Chance, bytes: Buffer): Buffer {
  if (chance.below(2) === 0) return bytes.subarray(0, chance.below(bytes.length));
  const copy = Buffer.from(bytes);
  for (let n = chance.below(4); n >= 0; n -= 1) copy[chance.below(copy.length)] = chance.below(256);
  return copy;
}

/** What leaves the connection in order: wrong at most by its contents. */
function stockMessage(chance: Chance): Buffer {
  switch (chance.below(4)) {
    case 0:
      return Buffer.from(
        chance.of(['{}', '{"type":NaN}', '{"type":}', '{a}', '{"params":[{}]}', ' \n{"type":"\\ud800"}']),
      );
    case 1:
      return Buffer.from(JSON.stringify({ type: value(chance), params: value(chance) }));
    default:
      return Buffer.from(JSON.stringify({ type: chance.of(methods), params: params(chance) }));
  }
}

function frame(chance: Chance, id: number): Buffer {
  switch (chance.below(8)) {
    case 0:
      return encodeMessage({ cancel: chance.below(100) + 1 });
    case 1:
      return encodeMessage({ id, method: value(chance) ?? 'x', params: value(chance) });
    default: {
      const deadline = chance.below(3) === 0 ? { deadlineMs: 1 + chance.below(50) } : {};
      return encodeMessage({ id, method: chance.of(methods), params: params(chance), ...deadline });
    }
  }
}

/** What mostly ends the connection. */
function breakingStockMessage(chance: Chance): Buffer {
  switch (chance.below(4)) {
    case 0:
      return chance.bytes(200);
    case 1:
      return Buffer.from('{"type":"ping","params":'.repeat(chance.below(3000)));
    case 2:
      return Buffer.from(chance.of(['GET / HTTP/1.1\r\n\r\n', '[]', 'null', '\u0000', '{"a":"\\u']));
    default:
      return damaged(chance, stockMessage(chance));
  }
}

function breakingFrame(chance: Chance, id: number): Buffer {
  switch (chance.below(6)) {
    case 0:
      return chance.bytes(100);
    case 1:
      return Buffer.concat([encodePieceHeader(chance.below(8), chance.below(100), 10), chance.bytes(10)]);
    case 2:
      return encodeMessage({ cancel: value(chance) });
    case 3:
      return encodeMessage({ id: value(chance), method: value(chance), params: value(chance) });
    case 4: {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(chance.of([0, 1, 2 ** 26, 2 ** 26 + 1, 2 ** 26 + 2, 2 ** 32 - 1]), 0);
      head[4] = chance.below(4);
      return head;
    }
    default:
      return damaged(chance, frame(chance, id));
  }
}

/**
 * One connection: messages, the last of which breaks it. In one of four cases nothing of what comes back is read, and in one of
 * four the connection is torn down. Returns how many were sent.
 */
async function harass(port: number, seed: number): Promise<number> {
  const chance = new Chance(seed);
  const framed = chance.below(2) === 0;
  const client = new RawClient(await dial(port));
  if (chance.below(4) > 0) client.socket.resume();
  if (framed)
    client.write(JSON.stringify({ type: 'hello', params: { protocols: [2], nonce: '0'.repeat(32) } }));
  const sent = 1 + chance.below(mostPerConnection);
  for (let id = 1; id < sent; id += 1) client.write(framed ? frame(chance, id) : stockMessage(chance));
  client.write(framed ? breakingFrame(chance, sent) : breakingStockMessage(chance));
  await new Promise((resolve) => client.socket.write('', resolve));
  if (chance.below(4) === 0) client.close();
  else client.socket.end();
  return sent;
}

describe('add-on, fuzz', function () {
  this.timeout(280_000);
  let blender: TestBlender;

  before(async () => {
    blender = await startTestBlender();
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(blender.running(), blender.output().slice(-3000));
  });
  after(() => blender.stop());

  it(`answers the next good message after ${messages} bad ones, in the same memory`, async () => {
    const memory: number[] = [];
    let sent = 0;
    for (let seed = 1; sent < messages;) {
      const batch = Array.from({ length: atOnce }, () => harass(blender.port, 7919 * seed++));
      for (const count of await Promise.all(batch)) sent += count;
      if (sent >= ((memory.length + 1) * messages) / 10) {
        await stillGood();
        memory.push(await blender.memoryMiB());
      }
    }
    const [early = Number.NaN] = memory;
    const late = memory.at(-1) ?? Number.NaN;
    assert.ok(late - early < toleranceMiB, `MiB: ${memory.map((mib) => mib.toFixed(0)).join(' ')}`);
  });

  async function stillGood(): Promise<void> {
    await crowdHasGone();
    const stock = await StockClient.connect(blender.port);
    assert.equal((await stock.ask('execute_code', { code: 'print(6 * 7)' }))['result'], '42\n');
    stock.close();
    const forge = await ForgeClient.connect(blender.port);
    await forge.ask('ping');
    assert.equal((await forge.ask('execute_blender_code', { code: 'result = 6 * 7' }))['result'], 42);
    const status = await forge.ask('status');
    assert.ok(Number(status['clients']) <= 2, JSON.stringify(status));
    forge.close();
  }

  /** Those who were cut off may take a second to read why, and a loaded machine longer to see that they have gone. */
  async function crowdHasGone(): Promise<void> {
    const until = Date.now() + 20_000;
    while (Date.now() < until) {
      const client = await StockClient.connect(blender.port);
      const reply = await client.call('get_scene_info');
      client.close();
      if (reply['status'] === 'success') {
        const forge = await ForgeClient.connect(blender.port);
        const status = await forge.ask('status');
        forge.close();
        if (Number(status['clients']) <= 2) return;
      }
      await sleep(100);
    }
    assert.fail('clients that have gone are still counted');
  }
});
