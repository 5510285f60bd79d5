import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import {
  ask,
  attempt,
  closeAll,
  exchange,
  open,
  rawRequest,
  type Rig,
  startAgent,
  startEcho,
  startRelay,
} from './support.ts';

const rounds = 100_000;
const seed = Number(process.env['AVATAR_FORGE_SEED'] ?? 20_261_120);

describe(`a client that sends anything (AVATAR_FORGE_SEED=${seed})`, () => {
  afterEach(closeAll);

  it(`leaves the relay serving after ${rounds} messages`, async () => {
    const rig = await startRelay({ limits: { sweepMs: 1_000 } });
    const { relay, key, log } = rig;
    const [client, agent] = [key('ada', 'client'), key('ada', 'agent')];
    const { instance } = await startAgent(relay.url, agent, await startEcho());
    await ask(relay.url, 'PATCH', `/v1/instances/${instance}`, client, { lease: 'shared' });
    const random = generator(seed);
    const targets = {
      agent: () => attempt(relay.url, '/agent', agent),
      client: () => attempt(relay.url, '/instances/desk', client),
      listed: () => attempt(relay.url, '/instances/desk', key('ada', 'client', ['ping'])),
    };
    const third = Math.floor((rounds * 0.32) / 1);
    await flood(targets.agent, third, random);
    await flood(targets.client, third, random);
    await flood(targets.listed, Math.floor(third * 0.9), random);
    await requests(rig, rounds - 2 * third - Math.floor(third * 0.9), random, [
      client,
      agent,
      key('root', 'admin'),
    ]);

    const after = await open(relay.url, '/instances/desk', client);
    assert.equal((await exchange(after, Buffer.from('still here'))).toString(), 'still here');
    assert.equal((await ask(relay.url, 'GET', '/v1/instances', client)).status, 200);
    assert.deepEqual(log, [], 'nothing of it was a defect');
  }).timeout(180_000);
});

type Random = (below: number) => number;

/** Sends messages over WebSockets, a fresh one whenever the relay has had enough. */
async function flood(
  begin: () => ReturnType<typeof attempt>,
  messages: number,
  random: Random,
): Promise<void> {
  for (let sent = 0; sent < messages;) {
    const result = await begin();
    assert.ok('socket' in result, JSON.stringify(result));
    const { socket } = result;
    socket.resume();
    const burst = Math.min(messages - sent, 1 + random(200));
    for (let n = 0; n < burst && socket.readyState === socket.OPEN; n++) {
      sent += 1;
      socket.send(noise(random), { binary: random(2) === 0 });
      if (n % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
    }
    await left(socket, random);
  }
}

async function left(socket: WebSocket, random: Random): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const closed = once(socket, 'close');
  if (random(2) === 0) socket.close();
  else socket.terminate();
  await closed;
}

async function requests(
  { relay }: Rig,
  count: number,
  random: Random,
  keys: readonly string[],
): Promise<void> {
  const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'BREW'];
  const paths = [
    '/v1/users',
    '/v1/keys',
    '/v1/keys/x',
    '/v1/instances',
    '/v1/instances/x',
    '/v1/grants',
    '/v1/audit',
    '/agent',
  ];
  for (let n = 0; n < count;) {
    const together = Array.from({ length: Math.min(20, count - n) }, () => {
      const body = noise(random);
      const path = `${paths[random(paths.length)]!}${random(3) === 0 ? noise(random).toString('hex').slice(0, 40) : ''}`;
      const head = [
        `${methods[random(methods.length)]!} ${path} HTTP/1.1`,
        `Host: ${new URL(relay.url).host}`,
        `Authorization: Bearer ${keys[random(keys.length)]!}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        ...(random(4) === 0 ? ['Connection: Upgrade', 'Upgrade: websocket'] : ['Connection: close']),
        ...(random(8) === 0 ? [`X-${random(1000)}: ${noise(random).toString('latin1').slice(0, 99)}`] : []),
      ].join('\r\n');
      return rawRequest(relay.url, Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]));
    });
    n += together.length;
    await Promise.all(together);
  }
}

const seeds = [
  '{"hello":{"instance":"00000000-0000-4000-8000-000000000000","name":"x","version":"0"}}',
  '{"failed":{"session":"x","code":"x","message":"x"}}',
  '{"type":"hello","params":{"protocols":[2],"nonce":"0123456789abcdef0123456789abcdef","client":"t/0"}}',
  '{"id":1,"method":"execute_blender_code","params":{}}',
  '{"name":"x"}',
  '\u0000\u0000\u0000\u0002\u0001{}',
];

/** At most 2 KB: random bytes, or something meant with a few bytes changed. */
function noise(random: Random): Buffer {
  if (random(3) === 0)
    return Buffer.from(Array.from({ length: random(random(20) === 0 ? 2_048 : 64) }, () => random(256)));
  const bytes = Buffer.from(seeds[random(seeds.length)]!);
  for (let n = random(4); n > 0; n--) bytes[random(bytes.length)] = random(256);
  return bytes.subarray(0, random(10) === 0 ? random(bytes.length) : bytes.length);
}

/** xorshift32 */
function generator(start: number): Random {
  let state = start | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}
