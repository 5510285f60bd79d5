import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { certificates } from '../../support/certificates.ts';
import {
  closeAll,
  ended,
  listening,
  opened,
  received,
  refusal,
  sendAll,
  webSocketServer,
} from './support.ts';

const echo = (client: WebSocket): void =>
  void client.on('message', (message: Buffer) => client.send(message));

describe('the transport wss', () => {
  afterEach(closeAll);

  it('carries 10 MB both ways, in messages of a bounded size', async () => {
    let longest = 0;
    const port = await webSocketServer((client) => {
      client.on('message', (message: Buffer) => {
        longest = Math.max(longest, message.length);
        client.send(message);
      });
    });
    const connection = await opened(`wss://localhost:${port}/blender`);
    const bytes = randomBytes(10_000_000);
    const back = received(connection, bytes.length + 5_000_000);
    await sendAll(connection, bytes);
    connection.send(bytes.subarray(0, 2_500_000), bytes.subarray(2_500_000, 5_000_000));
    const all = await back;
    assert.ok(bytes.equals(all.subarray(0, bytes.length)));
    assert.ok(bytes.subarray(0, 5_000_000).equals(all.subarray(bytes.length)));
    assert.equal(longest, 1 << 20);
  });

  it('judges the certificate as tls does', async () => {
    const url = `wss://127.0.0.1:${await webSocketServer(echo)}/blender`;
    const { server, stranger } = certificates();
    const headers = { authorization: 'Bearer secret' };
    await opened(url, { trust: { headers, fingerprint: server.fingerprint } });
    const wrong = await refusal(url, { trust: { headers, fingerprint: stranger.fingerprint } });
    assert.deepEqual([wrong.code, wrong.data], ['certificate-refused', { fingerprint: server.fingerprint }]);
    assert.equal((await refusal(url, { trust: { headers } })).code, 'certificate-refused');
  });

  it('tells why it was refused, without the token', async () => {
    const url = `wss://localhost:${await webSocketServer(echo)}`;
    const trust = { ca: certificates().authority.cert, headers: { authorization: 'Bearer a wrong one' } };
    const login = await refusal(`${url}/blender`, { trust });
    assert.deepEqual([login.code, login.data], ['tunnel-refused', { status: 401 }]);
    assert.match(login.next, /token/);
    assert.doesNotMatch(JSON.stringify(login) + login.message, /wrong one/);
    const path = await refusal(`${url}/elsewhere`);
    assert.deepEqual([path.code, path.data], ['tunnel-refused', { status: 404 }]);
    assert.match(path.next, /path/);
    assert.deepEqual((await refusal(`${url}/full`)).data, { status: 503 });
    assert.equal((await refusal(`${url}/down`)).code, 'blender-unreachable');
  });

  it('waits for nobody who does not answer the upgrade, and can be given up', async () => {
    const server = createServer().on('upgrade', () => undefined);
    const url = `ws://127.0.0.1:${await listening(server)}/blender`;
    assert.match((await refusal(url, { timeoutMs: 100 })).message, /within 100 ms/);
    assert.equal((await refusal(url, { signal: AbortSignal.timeout(20) })).code, 'cancelled');
    const plain = createServer((_, response) => response.end('hello'));
    const { code } = await refusal(`ws://127.0.0.1:${await listening(plain)}/`);
    assert.equal(code, 'tunnel-refused');
  });

  it('loses nothing that comes in one piece with the answer to the upgrade', async () => {
    const server = createServer().on('upgrade', ({ headers }, socket) => {
      const key = `${headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`; // RFC 6455, 1.3
      const accept = createHash('sha1').update(key).digest('base64');
      const answer = `HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(answer), Buffer.from([0x82, 5]), Buffer.from('first')]));
    });
    const connection = await opened(`ws://127.0.0.1:${await listening(server)}/`);
    await sleep(50); // a turn of the loop in which it could come while nobody listens
    assert.equal((await received(connection, 5)).toString(), 'first');
  });

  it('speaks in the clear on this machine only', async () => {
    const server = createServer();
    new WebSocketServer({ server }).on('connection', echo);
    const connection = await opened(`ws://127.0.0.1:${await listening(server)}/`);
    connection.send(Buffer.from('hi'));
    assert.equal(String(await received(connection, 2)), 'hi');
    for (const host of ['forge.test', '192.0.2.1', '127.0.0.1.forge.test', '[2001:db8::1]']) {
      assert.equal((await refusal(`ws://${host}/blender`)).code, 'bad-endpoint');
    }
  });

  it('keeps what comes while nobody listens, in order', async () => {
    const port = await webSocketServer((client) => {
      for (let n = 0; n < 100; n += 1) client.send(Buffer.from([n]));
    });
    const connection = await opened(`wss://localhost:${port}/blender`);
    await sleep(20);
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      const data = (chunk: Uint8Array): void => {
        seen.push(...chunk);
        connection.listen(null);
        if (seen.length === 100) resolve();
        else setImmediate(() => connection.listen({ data, closed: () => undefined }));
      };
      connection.listen({ data, closed: () => undefined });
    });
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('tells how it ended', async () => {
    const endings: [(client: WebSocket) => void, RegExp | null][] = [
      [(client) => client.close(1000), null],
      [(client) => client.close(1001), /shutting down.*1001/],
      [(client) => client.terminate(), /broke.*1006/],
      [(client) => client.close(4000), /4000/],
      [(client) => client.send('text'), /bytes/],
      [(client) => client.send(Buffer.alloc(5 << 20)), /payload/i],
    ];
    for (const [end, expected] of endings) {
      const port = await webSocketServer(end);
      const error = await ended(await opened(`wss://localhost:${port}/blender`));
      if (expected === null) assert.equal(error, null);
      else assert.match(String(error?.message), expected);
    }
  });

  it('is cut in the middle of a transfer without an error left over', async () => {
    const port = await webSocketServer((client) => {
      client.once('message', () => client.terminate());
    });
    const connection = await opened(`wss://localhost:${port}/blender`);
    const end = ended(connection);
    await sendAll(connection, randomBytes(10_000_000));
    assert.ok((await end) instanceof Error);
  });

  it('cuts a peer that answers no pings, and keeps one that does', async () => {
    const stalled = await webSocketServer((client) => client.pause());
    const cut = await ended(await opened(`wss://localhost:${stalled}/blender`, { pingMs: 20 }));
    assert.match(String(cut?.message), /pings/);
    const live = await opened(`wss://localhost:${await webSocketServer(echo)}/blender`, { pingMs: 20 });
    let isOver = false;
    void ended(live).then(() => (isOver = true));
    await sleep(200);
    assert.equal(isOver, false);
    live.close();
  });
});
