import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveRelay } from '../../../src/relay/main.ts';
import { passOnRequest } from '../../../src/relay/passOn.ts';
import { checkReplicaUrl } from '../../../src/relay/replicaUrl.ts';
import { certificates } from '../../support/certificates.ts';
import { afterwards, closeAll } from './support.ts';

const secret = 'Bearer avf_0123456789abcdef_secret';

describe('what one replica passes on to another', () => {
  afterEach(closeAll);

  it('crosses no network in the clear', async () => {
    const heard: string[] = [];
    const port = await listener('0.0.0.0', (chunk) => heard.push(chunk.toString('latin1')));
    // Not loopback by its name, though it leads there.
    const to = { id: 'AAAAAAAB', url: `http://0.0.0.0:${port}`, fingerprint: null };
    await assert.rejects(passOnRequest(to, asked(), {}), { code: 'tls-required' });
    assert.deepEqual(heard, []);
  });

  it('goes over TLS where the address says so, though the relay behind a proxy has no certificate itself', async () => {
    const heard: Buffer[] = [];
    const port = await listener('127.0.0.1', (chunk, socket) => {
      heard.push(chunk);
      socket.destroy();
    });
    const to = { id: 'AAAAAAAB', url: `https://127.0.0.1:${port}`, fingerprint: null };
    await assert.rejects(passOnRequest(to, asked(), {}), { code: 'instance-offline' });
    assert.equal(heard[0]?.[0], 0x16, 'the beginning of a TLS handshake');
    assert.ok(!Buffer.concat(heard).includes('avf_'));
  });

  it('is told to a certificate that the authorities of the system vouch for, and to no other', async () => {
    const { server, authority } = certificates();
    const told: (string | undefined)[] = [];
    const proxy = createSecure(server, ({ headers }, response) => {
      told.push(headers.authorization);
      response.end('{"result":7}');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    afterwards(() => proxy.close());
    const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const to = { id: 'AAAAAAAB', url, fingerprint: null };
    await assert.rejects(passOnRequest(to, asked(), {}), { code: 'instance-offline' });
    assert.deepEqual(told, []);

    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-pass-on-'));
    afterwards(() => rm(folder, { recursive: true }));
    const trusted = join(folder, 'authority.pem');
    await writeFile(trusted, authority.cert);
    const module = JSON.stringify(join(import.meta.dirname, '../../../src/relay/passOn.ts'));
    const script = `
      const { passOnRequest } = await import(${module});
      const request = { method: 'POST', url: '/', headers: { authorization: ${JSON.stringify(secret)} } };
      console.log(JSON.stringify(await passOnRequest(${JSON.stringify(to)}, request, {})));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: trusted } },
    );
    assert.deepEqual(JSON.parse(stdout), { result: 7 });
    assert.deepEqual(told, [secret]);
  });
});

describe('the address that a replica gives the others', () => {
  it('is one of https, or of loopback', () => {
    assert.equal(checkReplicaUrl('https://10.0.0.5:9443/', true), 'https://10.0.0.5:9443');
    assert.equal(checkReplicaUrl('https://10.0.0.5', false), 'https://10.0.0.5');
    assert.equal(checkReplicaUrl('http://127.0.0.1:9443', false), 'http://127.0.0.1:9443');
    for (const [text, servesTls, code] of [
      ['10.0.0.5', false, 'bad-config'],
      ['10.0.0.5:9443', true, 'bad-config'],
      ['', true, 'bad-config'],
      ['wss://10.0.0.5', true, 'bad-config'],
      ['https://ada:pw@10.0.0.5', true, 'bad-config'],
      ['https://10.0.0.5/relay', true, 'bad-config'],
      ['https://10.0.0.5/?a=1', true, 'bad-config'],
      ['http://127.0.0.1:9443', true, 'bad-config'],
      ['http://10.0.0.5:9443', false, 'tls-required'],
    ] as const)
      assert.throws(() => checkReplicaUrl(text, servesTls), { code }, `${text} ${servesTls}`);
  });

  it('is looked at before the relay serves', async () => {
    const flags = {
      database: 'postgres://127.0.0.1:1/none',
      host: '127.0.0.1',
      port: 0,
      hostNames: [],
      trustedProxies: [],
      selfSigned: false,
    };
    const serve = (replicaUrl: string): Promise<void> =>
      serveRelay({ ...flags, replicaUrl }, () => undefined);
    await assert.rejects(serve('10.0.0.5'), { code: 'bad-config' });
    await assert.rejects(serve('http://10.0.0.5:9443'), { code: 'tls-required' });
  });
});

function asked(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers.authorization = secret;
  return request;
}

async function listener(host: string, heard: (chunk: Buffer, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => heard(chunk, socket));
    afterwards(() => socket.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  afterwards(() => server.close());
  return (server.address() as AddressInfo).port;
}
