import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { certificates } from '../../support/certificates.ts';
import {
  closeAll,
  deferred,
  ended,
  listening,
  opened,
  received,
  refusal,
  sendAll,
  tlsEcho,
} from './support.ts';

const { authority, server, stranger } = certificates();

describe('the transport tls', () => {
  afterEach(closeAll);

  it('carries 10 MB both ways to whom a known authority vouches for', async () => {
    const connection = await opened(`tls://localhost:${await tlsEcho()}`);
    const bytes = randomBytes(10_000_000);
    const back = received(connection, bytes.length);
    await sendAll(connection, bytes);
    assert.ok(bytes.equals(await back));
  });

  it('takes a pinned certificate, whoever issued it and for whatever name', async () => {
    const port = await tlsEcho(undefined, stranger);
    const colons = stranger.fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:');
    for (const fingerprint of [stranger.fingerprint, colons]) {
      const connection = await opened(`tls://127.0.0.1:${port}`, { trust: { fingerprint } });
      connection.send(Buffer.from('hi'));
      assert.equal(String(await received(connection, 2)), 'hi');
    }
  });

  it('refuses another certificate than the pinned one, tells its fingerprint, and has said nothing', async () => {
    let heard = 0;
    const port = await tlsEcho((count) => (heard += count));
    const trust = { fingerprint: stranger.fingerprint, ca: authority.cert };
    const { code, message, next, data } = await refusal(`tls://localhost:${port}`, { trust });
    assert.deepEqual([code, data], ['certificate-refused', { fingerprint: server.fingerprint }]);
    assert.match(message, new RegExp(server.fingerprint));
    assert.match(next, /do not connect/);
    assert.equal(heard, 0);
  });

  it('leaves no socket behind when it refuses or gives up', async () => {
    for (const timeoutMs of [4_000, 50]) {
      const accepted = deferred<Socket>();
      const silent = timeoutMs < 1_000;
      const listener = silent ? createServer() : createTls(server);
      const port = await listening(
        listener.on('connection', accepted.resolve).on('tlsClientError', () => undefined),
      );
      const over = accepted.promise.then((socket) =>
        once(socket.on('error', () => undefined).resume(), 'close'),
      );
      await refusal(`tls://localhost:${port}`, { trust: { ca: stranger.cert }, timeoutMs });
      await over;
    }
  });

  it('refuses a fingerprint that is none: an empty one pins nothing', async () => {
    const url = `tls://localhost:${await tlsEcho()}`;
    for (const fingerprint of ['', 'abc', `${server.fingerprint}0`]) {
      assert.equal((await refusal(url, { trust: { fingerprint } })).code, 'bad-endpoint');
    }
  });

  it('refuses what another authority, or nobody, vouches for', async () => {
    const url = `tls://localhost:${await tlsEcho()}`;
    const other = await refusal(url, { trust: { ca: stranger.cert } });
    assert.deepEqual([other.code, other.data], ['certificate-refused', { fingerprint: server.fingerprint }]);
    assert.match(other.message, /authority that is not trusted/);
    const system = await refusal(url, { trust: {} });
    assert.equal(system.code, 'certificate-refused');
    assert.match(system.next, /AVATAR_FORGE_FINGERPRINT/);
    const selfSigned = await refusal(`tls://localhost:${await tlsEcho(undefined, stranger)}`);
    assert.match(selfSigned.message, /self-signed/);
  });

  it('refuses a certificate that is for another name', async () => {
    const port = await listening(createTls(server), '127.0.0.2');
    const { code, message } = await refusal(`tls://127.0.0.2:${port}`);
    assert.equal(code, 'certificate-refused');
    assert.match(message, /another name/);
  });

  it('tells a port without TLS, a silent one and a closed one', async () => {
    const plain = await listening(createServer((socket) => socket.write('hello\n')));
    assert.equal((await refusal(`tls://localhost:${plain}`)).code, 'blender-unreachable');
    const silent = await listening(createServer());
    const { code, message } = await refusal(`tls://localhost:${silent}`, { timeoutMs: 100 });
    assert.equal(code, 'blender-unreachable');
    assert.match(message, /within 100 ms/);
    const gone = createServer();
    const port = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    assert.match((await refusal(`tls://127.0.0.1:${port}`)).message, /ECONNREFUSED/);
    assert.equal((await refusal('tls://localhost')).code, 'bad-endpoint');
  });

  it('can be given up, before and while it connects', async () => {
    const url = `tls://localhost:${await listening(createServer())}`;
    assert.equal((await refusal(url, { signal: AbortSignal.abort() })).code, 'cancelled');
    assert.equal((await refusal(url, { signal: AbortSignal.timeout(20) })).code, 'cancelled');
  });

  it('is over when it is cut, and takes no more', async () => {
    const port = await listening(
      createTls(server, (socket) => socket.on('error', () => undefined).destroy()),
    );
    const connection = await opened(`tls://localhost:${port}`);
    await ended(connection);
    connection.send(Buffer.from('into the void'));
    await connection.drained();
  });
});
