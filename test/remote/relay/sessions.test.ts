import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import { makeSelfSigned } from '../../../src/adapters/selfSigned.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { StockPeer } from '../../emulators/stockPeer.ts';
import {
  afterwards,
  attempt,
  beginAgent,
  bridge,
  closeAll,
  exchange,
  open,
  refusal,
  startAgent,
  startEcho,
  startRelay,
} from './support.ts';

describe('a session through the relay', () => {
  afterEach(closeAll);

  it('carries 10 MB both ways intact', async () => {
    const { relay, key } = await startRelay();
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const client = await open(relay.url, '/instances/desk', key('ada', 'client'));
    const bytes = randomBytes(10_000_000);
    assert.ok((await exchange(client, bytes)).equals(bytes));
  });

  it('does not read faster than the other side takes', async () => {
    const { relay, key } = await startRelay();
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const client = await open(relay.url, '/instances/desk', key('ada', 'client'));
    // Nobody reads the echo: once the systems' own buffers are full, the bytes pile up at the sender, not in the relay.
    const most = 400;
    const megabyte = Buffer.alloc(1 << 20);
    for (let sent = 0; ; sent += 1) {
      assert.ok(sent < most, `${most} MB have left the sender, and nobody has read any`);
      const left = new Promise<string>((resolve) => client.send(megabyte, () => resolve('left')));
      if ((await Promise.race([left, sleep(500)])) === undefined) break;
    }
    client.terminate();
  });

  it('speaks protocol 2 end to end, and the stock dialect', async () => {
    const { relay, key } = await startRelay();
    const ours = new ForgePeer({
      onRequest: ({ id, params }, to) => to.send({ id, result: params }),
      token: 'a secret of theirs',
    });
    const stock = new StockPeer({ commands: { get_scene_info: () => ({ name: 'Scene' }) } });
    afterwards(() => Promise.all([ours.close(), stock.close()]));
    await startAgent(relay.url, key('ada', 'agent'), await ours.listen(), { name: 'ours' });
    await startAgent(relay.url, key('ada', 'agent'), await stock.listen(), { name: 'stock' });

    const framed = connectBlender(
      {
        host: '127.0.0.1',
        port: await bridge(relay.url, '/instances/ours', key('ada', 'client')),
        token: 'a secret of theirs',
      },
      { client: 'test/0', library: '/nowhere' },
    );
    afterwards(() => framed.close());
    assert.deepEqual(await framed.call('get_scene_info', { fields: ['objects'] }), { fields: ['objects'] });
    assert.equal((await framed.describe()).dialect, 'avatar-forge');

    const client = await open(relay.url, '/instances/stock', key('ada', 'client'));
    const question = '{"type":"get_scene_info","params":{}}';
    const answer = once(client, 'message');
    client.resume();
    client.send(Buffer.from(question));
    assert.match(String((await answer)[0]), /"name": "Scene"/);
  });

  it('is refused with a reason where the workstation or its Blender is away', async () => {
    const { relay, key } = await startRelay({ limits: { openMs: 200 } });
    const client = key('ada', 'client');
    const { agent } = await startAgent(relay.url, key('ada', 'agent'), 1, { name: 'no-blender' });
    assert.equal(await refusal(relay.url, '/instances/no-blender', client), 'blender-unreachable');
    agent.stop();
    await agent.closed;
    for (;;) {
      const code = await refusal(relay.url, '/instances/no-blender', client);
      if (code === 'instance-offline') break;
      await sleep(5);
    }
  });

  it('is refused where the agent is asked and says nothing', async () => {
    const { relay, key } = await startRelay({ limits: { openMs: 30 } });
    const control = await open(relay.url, '/agent', key('ada', 'agent'));
    const welcome = once(control, 'message');
    control.resume();
    control.send(JSON.stringify({ hello: { instance: crypto.randomUUID(), name: 'desk', version: '0' } }));
    await welcome;
    assert.equal(await refusal(relay.url, '/instances/desk', key('ada', 'client')), 'agent-silent');
  });

  it('ends at both ends when one leaves', async () => {
    const { relay, key, store } = await startRelay();
    const { next } = await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const began = next('sessions');
    const client = await open(relay.url, '/instances/desk', key('ada', 'client'));
    assert.deepEqual(await began, { is: 'sessions', count: 1 });
    const ended = next('sessions');
    client.resume();
    client.close();
    assert.deepEqual(await ended, { is: 'sessions', count: 0 });
    await until(() => store.auditLines(0, 100).some(({ what }) => what === 'session.close'));
    assert.ok(store.lease(store.allInstances()[0]!.id) === undefined, 'the lease is given back');
  });

  it('is idle or too long: it ends', async () => {
    for (const limits of [{ idleMs: 50 }, { sessionMs: 50 }]) {
      const { relay, key } = await startRelay({ limits });
      await startAgent(relay.url, key('ada', 'agent'), await startEcho());
      const client = await open(relay.url, '/instances/desk', key('ada', 'client'));
      client.resume();
      const [code] = (await once(client, 'close')) as [number];
      assert.equal(code, 4408);
    }
  });

  it('takes the place of an agent that was cut off, and of one that comes back', async () => {
    const first = await startRelay();
    const agentKey = first.key('ada', 'agent');
    const echo = await startEcho();
    const { next, instance } = await startAgent(first.relay.url, agentKey, echo);
    // The same workstation connects anew while its old connection is not known to be dead.
    const lost = next('lost');
    const twin = await startAgent(first.relay.url, agentKey, echo, { instance });
    assert.equal((await lost).is, 'lost');
    twin.agent.stop();
    await next('connected');
    assert.ok('socket' in (await attempt(first.relay.url, '/instances/desk', first.key('ada', 'client'))));
  });

  it('is cut where the other end is dead without a word', async () => {
    const { relay, key } = await startRelay({ limits: { pingMs: 20 } });
    const agentKey = key('ada', 'agent');
    await startAgent(relay.url, agentKey, await startEcho());
    const mute = new WebSocket(`${relay.url.replace(/^http/, 'ws')}/instances/desk`, {
      headers: { authorization: `Bearer ${key('ada', 'client')}` },
      autoPong: false,
    });
    afterwards(() => mute.terminate());
    assert.equal((await once(mute, 'close'))[0], 1006);
    // And the other way round: a relay that does not ping.
    const silent = await startRelay();
    const left = beginAgent(silent.relay.url, silent.key('ada', 'agent'), 1, { silenceMs: 50 });
    await left.next('connected');
    await left.next('lost');
    await left.next('connected');
  });

  it('goes over TLS whose certificate is pinned', async () => {
    const tls = makeSelfSigned(['localhost', '127.0.0.1', '::1'], 1);
    const { relay, key } = await startRelay({ tls });
    assert.match(relay.url, /^https:/);
    const agentKey = key('ada', 'agent');
    const echo = await startEcho();
    const wrong = beginAgent(relay.url, agentKey, echo, { fingerprint: '0'.repeat(64) });
    const lost = await wrong.next('lost');
    assert.equal(lost.is === 'lost' && lost.error.code, 'certificate-refused');
    wrong.agent.stop();
    await startAgent(relay.url, agentKey, echo, { fingerprint: tls.fingerprint });
    const trusting = new URL(relay.url);
    const socket = new WebSocket(`wss://localhost:${trusting.port}/instances/desk`, {
      ca: tls.cert,
      headers: { authorization: `Bearer ${key('ada', 'client')}` },
    });
    afterwards(() => socket.terminate());
    await once(socket, 'open');
    assert.equal((await exchange(socket, Buffer.from('hello'))).toString(), 'hello');
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
