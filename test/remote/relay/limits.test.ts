import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import { encodeMessage } from '../../../src/core/wire/frames.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import {
  afterwards,
  attempt,
  bridge,
  closeAll,
  exchange,
  open,
  rawRequest,
  refusal,
  startAgent,
  startEcho,
  startRelay,
} from './support.ts';

const hello = Buffer.from(
  '{"type":"hello","params":{"protocols":[2],"nonce":"0123456789abcdef0123456789abcdef","client":"t/0"}}',
);

/** A client that Blender has greeted. */
async function greeted(relayUrl: string, apiKey: string): ReturnType<typeof open> {
  const socket = await open(relayUrl, '/instances/desk', apiKey);
  const greeting = once(socket, 'message');
  socket.resume();
  socket.send(hello);
  await greeting;
  return socket;
}

describe('limits at the relay', () => {
  afterEach(closeAll);

  it('a key with an allow-list calls what is on it, and the rest is refused and audited', async () => {
    const { relay, key, store } = await startRelay();
    const asked: string[] = [];
    const peer = new ForgePeer({
      onRequest: ({ id, method }, to) => {
        asked.push(method);
        to.send({ id, result: 'done' });
      },
    });
    afterwards(() => peer.close());
    await startAgent(relay.url, key('ada', 'agent'), await peer.listen());
    const port = await bridge(relay.url, '/instances/desk', key('ada', 'client', ['get_scene_info']));
    const blender = connectBlender({ host: '127.0.0.1', port }, { client: 'test/0', library: '/nowhere' });
    afterwards(() => blender.close());
    assert.equal(await blender.call('get_scene_info', {}), 'done');
    await assert.rejects(blender.call('execute_blender_code', { code: 'x' }), { code: 'not-allowed' });
    assert.equal(await blender.call('get_scene_info', {}), 'done');
    assert.deepEqual(asked, ['get_scene_info', 'get_scene_info']);
    const refused = store.auditLines(0, 1000).filter(({ outcome }) => outcome === 'not-allowed');
    assert.deepEqual(
      refused.map(({ what, note }) => [what, note]),
      [['call', 'execute_blender_code']],
    );
  });

  it('such a key asks with 7 MB at once, too', async () => {
    const { relay, key } = await startRelay();
    const peer = new ForgePeer({
      onRequest: ({ id, params }, to) => to.send({ id, result: sizeOf(params) }),
    });
    afterwards(() => peer.close());
    await startAgent(relay.url, key('ada', 'agent'), await peer.listen());
    const port = await bridge(relay.url, '/instances/desk', key('ada', 'client', ['ping']));
    const blender = connectBlender({ host: '127.0.0.1', port }, { client: 'test/0', library: '/nowhere' });
    afterwards(() => blender.close());
    assert.equal(await blender.call('ping', { text: 'x'.repeat(7_000_000) }), 7_000_000);
  });

  it('a message full of what such a key may not call ends the session, and does not fill the audit', async () => {
    const { relay, key, store } = await startRelay();
    const peer = new ForgePeer({});
    afterwards(() => peer.close());
    await startAgent(relay.url, key('ada', 'agent'), await peer.listen());
    const socket = await greeted(relay.url, key('ada', 'client', ['ping']));
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    const flood = Array.from({ length: 20_000 }, (_, id) => encodeMessage({ id, method: `m${id}` }));
    socket.send(Buffer.concat(flood));
    socket.send(Buffer.concat(flood));
    const [code, reason] = await closed;
    assert.deepEqual([code, String(reason)], [4400, 'not-allowed']);
    const notes = store
      .auditLines(0, 100_000)
      .filter(({ what }) => what === 'call')
      .map(({ note }) => note);
    assert.deepEqual(notes, ['m0', 'm1', 'm2', 'm3', 'm4', 'and 96 more']);
  });

  it('the stock dialect is refused to such a key', async () => {
    const { relay, key } = await startRelay();
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const socket = await open(relay.url, '/instances/desk', key('ada', 'client', ['ping']));
    socket.resume();
    socket.send(Buffer.from('{"type":"execute_code","params":{}}'));
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    assert.deepEqual([code, String(reason)], [4400, 'stock-not-allowed']);
  });

  it('connections come no faster than the rate', async () => {
    const { relay, key } = await startRelay({ limits: { connections: { perSecond: 0.001, burst: 3 } } });
    const client = key('ada', 'client');
    const codes = [];
    for (let n = 0; n < 5; n++) codes.push(await refusal(relay.url, '/instances/none', client));
    assert.deepEqual(codes, [...Array<string>(3).fill('no-such-instance'), 'too-fast', 'too-fast']);
    assert.equal(await refusal(relay.url, '/instances/none', key('ada', 'client')), 'no-such-instance');
  });

  it('bytes beyond the rate wait, and none is lost', async () => {
    const { relay, key } = await startRelay({ limits: { bytes: { perSecond: 4_000_000, burst: 100_000 } } });
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const socket = await open(relay.url, '/instances/desk', key('ada', 'client'));
    const startedAt = performance.now();
    const bytes = Buffer.alloc(500_000, 'abc');
    assert.ok((await exchange(socket, bytes)).equals(bytes));
    const least = ((2 * bytes.length - 100_000 - 131_072) / 4_000_000) * 1000; // the last chunks do not wait
    assert.ok(performance.now() - startedAt >= least / 2, 'it cannot be faster than the rate');
  });

  it('messages of such a key count as a kilobyte at least', async () => {
    const { relay, key } = await startRelay({ limits: { bytes: { perSecond: 16 << 20, burst: 1 << 17 } } });
    const peer = new ForgePeer({ onRequest: ({ id }, to) => to.send({ id, result: {} }) });
    afterwards(() => peer.close());
    await startAgent(relay.url, key('ada', 'agent'), await peer.listen());
    const socket = await greeted(relay.url, key('ada', 'client', ['ping']));
    const answer = once(socket, 'message');
    const startedAt = performance.now();
    const cancels = Buffer.concat(Array.from({ length: 1_500 }, () => encodeMessage({ cancel: 1 })));
    for (let n = 0; n < 10; n += 1) socket.send(cancels);
    socket.send(encodeMessage({ id: 1, method: 'ping' }));
    await answer;
    // 15 MB at 16 MiB/s, but for what the system has read ahead; as bytes they are 0.3 MB.
    assert.ok(performance.now() - startedAt >= 200);
  });

  it('a key has so many sessions, and messages so many bytes', async () => {
    const { relay, key } = await startRelay({ limits: { sessionsPerKey: 2 } });
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const client = key('ada', 'client');
    const socket = await open(relay.url, '/instances/desk', client);
    await open(relay.url, '/instances/desk', client);
    assert.equal(await refusal(relay.url, '/instances/desk', client), 'too-many');
    socket.resume();
    socket.send(Buffer.alloc(5 << 20));
    assert.equal((await once(socket, 'close'))[0], 1009);
  });

  it('an agent says hello, and nothing else first', async () => {
    const { relay, key } = await startRelay({ limits: { helloMs: 30 } });
    const agent = key('ada', 'agent');
    const closeCode = async (message: string | Buffer | null): Promise<unknown> => {
      const socket = await open(relay.url, '/agent', agent);
      socket.resume();
      if (message !== null) socket.send(message);
      return (await once(socket, 'close'))[0];
    };
    assert.equal(await closeCode(null), 4400);
    assert.equal(await closeCode('{"failed":{"session":"x","code":"x","message":"x"}}'), 4400);
    assert.equal(await closeCode('not json'), 4400);
    assert.equal(await closeCode(Buffer.from('{}')), 4400);
    assert.equal(await closeCode('{"hello":{"instance":"1","name":"desk","version":"0"}}'), 4400);
    assert.equal(await closeCode('x'.repeat(20_000)), 1009);
  });

  it('failed logins beyond a few are turned away unexamined', async () => {
    const failedLogins = { free: 0, firstDelayMs: 60_000, longestDelayMs: 60_000, held: 2, forgetMs: 1 };
    const { relay, key, store } = await startRelay({ limits: { failedLogins } });
    void attempt(relay.url, '/agent', null).catch(() => undefined);
    void attempt(relay.url, '/agent', null).catch(() => undefined);
    while (store.auditLines(0, 10).filter(({ what }) => what === 'login').length < 2)
      await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await refusal(relay.url, '/agent', null), 'too-many-failures');
    assert.equal(
      await refusal(relay.url, '/instances/x', key('ada', 'client')),
      'no-such-instance',
      'a good key passes',
    );
  });

  it('who comes under another name, or from a web page, is refused', async () => {
    const { relay, key } = await startRelay({ hostNames: ['relay.example.org'] });
    const client = key('ada', 'client');
    assert.equal(await refusal(relay.url, '/instances/x', client, { host: 'evil.example' }), 'foreign-host');
    assert.equal(
      await refusal(relay.url, '/instances/x', client, { host: 'relay.example.org' }),
      'no-such-instance',
    );
    assert.equal(
      await refusal(relay.url, '/instances/x', client, { origin: 'https://evil.example' }),
      'foreign-origin',
    );
    assert.match(
      await rawRequest(relay.url, 'GET /v1/instances HTTP/1.1\r\nHost: evil\r\n\r\n'),
      /^HTTP\/1.1 421 /,
    );
    assert.match(await rawRequest(relay.url, 'GET /v1/instances HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 421 /);
  });

  it('it does not listen to the world in the clear, or without a name', async () => {
    await assert.rejects(startRelay({ host: '0.0.0.0' }), { code: 'tls-required' });
    const tls = { cert: '', key: '' };
    await assert.rejects(startRelay({ host: '0.0.0.0', tls }), { code: 'host-name-missing' });
  });
});

function sizeOf(params: unknown): number {
  return (params as { text: string }).text.length;
}
