import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import { ForgePeer, sha } from '../../emulators/forgePeer.ts';
import { rawPeer } from '../../emulators/rawPeer.ts';
import { certificates } from '../../support/certificates.ts';
import { deferred, ended, received, sendAll } from '../transports/support.ts';
import { agent, ask, client, closeAfterwards, closeAll, echo, nobody, token } from './support.ts';

const bearer = { authorization: `Bearer ${token}` };
const trust = (headers: Record<string, string>) => ({ ca: certificates().authority.cert, headers });

describe('the agent as a door to Blender', () => {
  afterEach(closeAll);

  it('joins each client to Blender by a connection of its own: 10 MB both ways at once, intact', async () => {
    const { url, metrics } = await agent({ blenderPort: await echo() });
    const clients = [await client(url), await client(url)];
    const payloads = clients.map(() => randomBytes(10_000_000));
    const back = clients.map((one) => received(one, 10_000_000));
    await Promise.all(clients.map((one, n) => sendAll(one, payloads[n]!)));
    for (const [n, bytes] of (await Promise.all(back)).entries()) assert.ok(payloads[n]!.equals(bytes));
    assert.deepEqual(
      [metrics.clients, metrics.bytesToBlender, metrics.bytesFromBlender],
      [2, 20_000_000, 20_000_000],
    );
  });

  it('holds Blender back for a client that takes slowly', async () => {
    const size = 64 << 20;
    const peer = closeAfterwards(await rawPeer((socket) => socket.write(Buffer.alloc(size))));
    const { url, metrics } = await agent({ blenderPort: peer.port });
    const slow = await client(url);
    for (let last = -1, still = 0; still < 5;) {
      await sleep(20);
      still = metrics.bytesFromBlender > 0 && metrics.bytesFromBlender === last ? still + 1 : 0;
      last = metrics.bytesFromBlender;
    }
    assert.ok(metrics.bytesFromBlender < size / 2, `${metrics.bytesFromBlender} were taken for nobody`);
    assert.equal((await received(slow, size)).length, size);
  });

  it('carries the handshake with its token, calls and streams of the wire', async () => {
    const bytes = randomBytes(3_000_000);
    const peer = closeAfterwards(
      new ForgePeer({
        token: 'of the add-on',
        onRequest: ({ id, method, params }, to) => {
          if (method === 'file.get') to.sendStream(id, 1, bytes);
          to.send({
            id,
            result: method === 'file.get' ? { size: bytes.length, sha256: sha(bytes) } : params,
          });
        },
      }),
    );
    const { url } = await agent({ blenderPort: await peer.listen() });
    const tunnel = { url, ...trust(bearer) };
    const blender = closeAfterwards(
      connectBlender(
        { host: 'localhost', port: 1, token: 'of the add-on', tunnel },
        { client: 'test/0', library: '/nowhere' },
      ),
    );
    assert.equal((await blender.describe()).dialect, 'avatar-forge');
    assert.deepEqual(await blender.call('echo', { a: 1 }), { a: 1 });
    assert.ok(bytes.equals(await blender.readFile('exports', 'a.vrm')));
  });

  it('delivers what was said before an end, whoever ends', async () => {
    const said = randomBytes(1_000_000);
    const heard: Buffer[] = [];
    const over: Promise<unknown>[] = [];
    const peer = closeAfterwards(
      await rawPeer((socket) => {
        over.push(once(socket, 'close'));
        socket.on('data', (chunk: Buffer) => heard.push(chunk));
        if (over.length === 1) socket.end(said);
      }),
    );
    const { url, metrics } = await agent({ blenderPort: peer.port });
    const first = await client(url);
    const chunks: Uint8Array[] = [];
    const error = await new Promise((resolve) =>
      first.listen({ data: (chunk) => chunks.push(chunk), closed: resolve }),
    );
    assert.equal(error, null);
    assert.ok(said.equals(Buffer.concat(chunks)));
    const second = await client(url);
    second.send(said);
    second.close();
    await Promise.all(over);
    assert.ok(said.equals(Buffer.concat(heard)));
    assert.deepEqual([metrics.clients, metrics.clientsEver], [0, 2]);
  });

  it('tells a client whose Blender broke away, or is not there', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => setTimeout(() => socket.resetAndDestroy(), 20)));
    const broken = await ended(await client((await agent({ blenderPort: peer.port })).url));
    assert.match(String(broken?.message), /1011/);
    const { url, log } = await agent({ blenderPort: await nobody() });
    await assert.rejects(client(url), { code: 'blender-unreachable' });
    assert.match(log.join('\n'), /ECONNREFUSED/);
  });

  it('cuts a client that answers no pings', async () => {
    const { url, log, metrics } = await agent({ blenderPort: await echo(), pingMs: 20 });
    const stalled = await client(url);
    stalled.listen(null);
    for (; metrics.clientsEver === 0 || metrics.clients > 0;) await sleep(10);
    assert.match(log.join('\n'), /silent/);
  });

  it('lets nobody in without the token, from a page, or beyond the limit', async () => {
    const peer = closeAfterwards(await rawPeer(() => undefined));
    const config = { origins: ['https://forge.test'], maxClients: 1 };
    const { url, log, metrics } = await agent({ blenderPort: peer.port, config });
    const tries: readonly (readonly [Record<string, string>, number])[] = [
      [{}, 401],
      [{ authorization: 'Bearer ' }, 401],
      [{ authorization: `Bearer ${token}x` }, 401],
      [{ authorization: `Basic ${token}` }, 401],
      [{ ...bearer, 'x-avatar-forge-token': 'another' }, 401],
      [{ ...bearer, origin: 'https://evil.test' }, 403],
      [{ ...bearer, origin: 'null' }, 403],
    ];
    for (const [headers, status] of tries) {
      await assert.rejects(client(url, { trust: trust(headers) }), {
        code: 'tunnel-refused',
        data: { status },
      });
    }
    assert.deepEqual([peer.connections(), metrics.loginsRefused], [0, tries.length]);
    assert.doesNotMatch(log.join('\n'), new RegExp(token));
    await assert.rejects(client(url.replace('/blender', '/else')), { data: { status: 404 } });
    const proxied = { authorization: 'of a proxy', 'x-avatar-forge-token': token };
    await client(url, { trust: trust({ ...proxied, origin: 'https://forge.test' }) });
    await assert.rejects(client(url), { data: { status: 503 } });
  });

  it('lets a refused login wait, longer each time, and a right one not at all', async () => {
    const held: number[] = [];
    const hold = (ms: number): Promise<void> => {
      held.push(ms);
      return Promise.resolve();
    };
    const { url } = await agent({ blenderPort: await echo(), hold });
    const wrong = () => assert.rejects(client(url, { trust: trust({}) }), { data: { status: 401 } });
    for (let n = 0; n < 3; n += 1) await wrong();
    await client(url);
    await wrong();
    assert.deepEqual(held, [250, 500, 1_000, 250]);
  });

  it('keeps no connection to Blender for an upgrade that is none', async () => {
    const over = deferred<unknown>();
    const peer = closeAfterwards(await rawPeer((socket) => socket.resume().on('close', over.resolve)));
    const { port } = await agent({ blenderPort: peer.port });
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    assert.equal((await ask(port, '/blender', { ...bearer, ...upgrade })).status, 400);
    await over.promise;
  });

  it('tells of itself and of Blender by HTTP', async () => {
    const peer = closeAfterwards(new ForgePeer({ token: 'unknown to the agent' }));
    const up = await agent({ blenderPort: await peer.listen() });
    assert.deepEqual(await ask(up.port, '/healthz'), { status: 200, text: 'ok\n' });
    assert.deepEqual(await ask(up.port, '/readyz'), { status: 200, text: 'ok\n' });
    assert.equal((await ask(up.port, '/metrics')).status, 401);
    const metrics = (await ask(up.port, '/metrics', bearer)).text;
    assert.match(metrics, /^avatar_forge_agent_blender_up 1$/m);
    assert.match(metrics, /^avatar_forge_agent_logins_refused_total 1$/m);
    assert.match(metrics, /^avatar_forge_agent_bytes_total\{direction="to_blender"\} 0$/m);
    assert.equal((await ask(up.port, '/blender', bearer)).status, 426);
    assert.equal((await ask(up.port, '/etc/passwd')).status, 404);
    const down = await agent({ blenderPort: await nobody() });
    assert.equal((await ask(down.port, '/healthz')).status, 200);
    assert.deepEqual(await ask(down.port, '/readyz'), { status: 503, text: 'blender-unreachable\n' });
    assert.match((await ask(down.port, '/metrics', bearer)).text, /blender_up 0/);
    const other = await agent({ blenderPort: await echo() });
    assert.deepEqual(await ask(other.port, '/readyz'), { status: 503, text: 'not-blender\n' });
  });
});
