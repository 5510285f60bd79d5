import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { proxyFor } from '../../../src/core/proxy.ts';
import { certificates } from '../../support/certificates.ts';
import { withProxy } from '../../../src/extension/mcp/proxy.ts';
import {
  closeAll,
  listening,
  opened,
  proxy,
  received,
  refusal,
  tlsEcho,
  webSocketServer,
} from './support.ts';

describe('a proxy', () => {
  afterEach(closeAll);

  it('leads to tls and wss by CONNECT, with its login, and the certificate is still the workstation’s', async () => {
    const { port, asked } = await proxy(200);
    const env = { HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${port}` };
    const target = await tlsEcho();
    const connection = await opened(`tls://forge.test:${target}`, { env });
    connection.send(Buffer.from('hi'));
    assert.equal(String(await received(connection, 2)), 'hi');
    assert.deepEqual(asked, [
      {
        target: `forge.test:${target}`,
        authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
      },
    ]);
    const webSocket = await webSocketServer((client) => client.send(Buffer.from('hello')));
    const second = await opened(`wss://forge.test:${webSocket}/blender`, { env });
    assert.equal(String(await received(second, 5)), 'hello');
    const other = await refusal(`wss://other.test:${webSocket}/blender`, { env });
    assert.equal(other.code, 'certificate-refused');
  });

  it('is the one of the editor’s settings, unverified where they say so; the workstation’s certificate is judged all the same', async () => {
    const { cert, key } = certificates().stranger;
    const { port, asked } = await proxy(200, createHttps({ cert, key }));
    const target = await tlsEcho();
    const editor = (strict: boolean, noProxy: readonly string[] = []) => {
      const http: Record<string, unknown> = {
        proxy: `https://user:hush@localhost:${port}`,
        proxyStrictSSL: strict,
        noProxy,
      };
      const env = { https_proxy: 'http://another.test:1' };
      return withProxy(env, { getConfiguration: () => ({ get: (name) => http[name] }) });
    };
    const judged = await refusal(`tls://forge.test:${target}`, { env: editor(true) });
    assert.equal(judged.code, 'certificate-refused');
    const connection = await opened(`tls://forge.test:${target}`, { env: editor(false) });
    connection.send(Buffer.from('hi'));
    assert.equal(String(await received(connection, 2)), 'hi');
    assert.equal(asked.length, 1);
    const other = await refusal(`tls://other.test:${target}`, { env: editor(false) });
    assert.equal(other.code, 'certificate-refused');
    await refusal(`tls://127.0.0.2:${target}`, { env: editor(false, ['forge.test', '127.0.0.2']) });
    assert.equal(asked.length, 2, 'not for what http.noProxy names');
  });

  it('that refuses is told, without its password', async () => {
    for (const [status, next] of [
      [407, /login/],
      [403, /CONNECT/],
    ] as const) {
      const { port } = await proxy(status);
      const env = { https_proxy: `http://user:hush@127.0.0.1:${port}` };
      const error = await refusal('tls://forge.test:9', { env });
      assert.deepEqual([error.code, error.data], ['proxy-refused', { status }]);
      assert.match(error.next, next);
      assert.doesNotMatch(error.message + error.next, /hush/);
    }
  });

  it('that is not there, breaks off, says nothing or cannot be used is told', async () => {
    const gone = createServer();
    const port = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    const through = (proxyUrl: string, timeoutMs = 4_000) =>
      refusal('tls://forge.test:9', { env: { HTTPS_PROXY: proxyUrl }, timeoutMs });
    const absent = await through(`http://127.0.0.1:${port}`);
    assert.deepEqual([absent.code, absent.next.includes('HTTPS_PROXY')], ['blender-unreachable', true]);
    const rude = await listening(createServer().on('connection', (socket) => socket.destroy()));
    assert.match((await through(`http://127.0.0.1:${rude}`)).message, /broke off/);
    const silent = await listening(createServer().on('connect', () => undefined));
    assert.match((await through(`http://127.0.0.1:${silent}`, 200)).message, /within 200 ms/);
    assert.equal((await through('socks5://127.0.0.1:1')).code, 'proxy-refused');
    const distrusted = await listening(createHttps(certificates().server));
    assert.equal((await through(`https://localhost:${distrusted}`)).code, 'certificate-refused');
  });

  it('is used by HTTPS_PROXY, else HTTP_PROXY, but for what NO_PROXY names and for this machine', () => {
    const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'plain:2' };
    const host = (name: string, port = 443, more: Record<string, string> = {}): string | undefined =>
      proxyFor(name, port, { ...env, ...more })?.host;
    assert.equal(host('forge.test'), 'secure:1');
    assert.equal(proxyFor('forge.test', 443, { HTTP_PROXY: 'plain:2' })?.host, 'plain:2');
    assert.equal(proxyFor('forge.test', 443, {}), null);
    for (const local of ['localhost', '127.0.0.1', '::1', '[::1]']) assert.equal(host(local), undefined);
    const excepted: readonly (readonly [string, string, number])[] = [
      ['*', 'forge.test', 443],
      ['forge.test', 'forge.test', 443],
      ['a.test, forge.test', 'deep.forge.test', 443],
      ['.forge.test', 'Deep.Forge.Test', 443],
      ['*.forge.test', 'deep.forge.test', 443],
      ['forge.test:9876', 'forge.test', 9876],
      ['192.0.2.1', '192.0.2.1', 443],
      ['2001:db8::1', '2001:db8::1', 443],
      ['[2001:db8::1]:443', '2001:db8::1', 443],
    ];
    for (const [list, name, port] of excepted)
      assert.equal(host(name, port, { NO_PROXY: list }), undefined, list);
    for (const [list, name, port] of [
      ['forge.test:9876', 'forge.test', 443],
      ['forge.test', 'notforge.test', 443],
      ['', 'forge.test', 443],
    ] as const)
      assert.equal(host(name, port, { no_proxy: list }), 'secure:1', list);
  });

  it('is not asked for what NO_PROXY names', async () => {
    const { port, asked } = await proxy(403);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '127.0.0.2' };
    await refusal('tls://127.0.0.2:1', { env });
    assert.deepEqual(asked, []);
  });
});
