import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpPublicUrl } from '../../../src/adapters/storage/publicUrl.ts';
import type { Content } from '../../../src/core/promotion/ports.ts';
import { hash } from './fakes.ts';

describe('what a CDN serves', () => {
  const text = 'avatar '.repeat(8);
  const content: Content = { size: text.length, digest: { algorithm: 'sha256', hex: hash(text) } };
  const headers = {
    'Content-Type': 'model/gltf-binary',
    'Cache-Control': 'public, max-age=31536000, immutable',
  };
  let server: Server;
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  async function servedBy(answer: RequestListener, silenceMs: number): Promise<HttpPublicUrl> {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new HttpPublicUrl(`http://127.0.0.1:${port}/`, undefined, { silenceMs });
  }

  it('may take longer than the limit of silence, as long as it goes on', async () => {
    const trickle = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, headers);
      for (const piece of text.match(/.{7}/g) ?? []) {
        response.write(piece);
        await sleep(200);
      }
      response.end();
    };
    const cdn = await servedBy((_request, response) => void trickle(response), 1000);
    assert.equal((await cdn.verify('A.vrm', content)).size, text.length);
  });

  it('is given up where it stops in the middle, or never begins', async () => {
    for (const begun of [true, false]) {
      const cdn = await servedBy((_request, response) => {
        if (begun) response.writeHead(200, headers).write('avatar');
      }, 100);
      await assert.rejects(cdn.verify('A.vrm', content), {
        code: 'cdn-unreachable',
        message: /nothing came for 0\.1 s/,
      });
      if (!begun) assert.equal((await cdn.look('A.vrm')).status, 0);
      server.closeAllConnections();
      server.close();
    }
  });

  it('is not waited for any more once it is cancelled', async () => {
    const cancel = new AbortController();
    const cdn = await servedBy((_request, response) => {
      response.writeHead(404).end(() => cancel.abort());
    }, 1000);
    const { signal } = cancel;
    await assert.rejects(cdn.verify('A.vrm', content, { signal }), { code: 'cancelled' });
  });
});
