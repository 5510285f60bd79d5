import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { labPeer } from '../../emulators/labPeer.ts';
import { rawPeer } from '../../emulators/rawPeer.ts';
import { StockPeer } from '../../emulators/stockPeer.ts';
import { client, closeAfterwards, closeAll, quick } from './support.ts';

const says = async (port: number): Promise<string> => {
  const error = (await client(port)
    .describe()
    .catch((thrown: unknown) => thrown)) as { code: string; next: string };
  assert.ok(error.next.length > 10);
  return error.code;
};

describe('who answers on the port', () => {
  afterEach(closeAll);

  it("Blender Lab's server", async () => {
    assert.equal(await says(closeAfterwards(await labPeer()).port), 'dialect-blender-lab');
    assert.equal(await says(closeAfterwards(await labPeer({ patienceMs: 20 })).port), 'dialect-blender-lab');
  });

  it('an HTTP server', async () => {
    const server = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAfterwards({ close: () => new Promise((resolve) => server.close(resolve)) });
    assert.equal(await says((server.address() as AddressInfo).port), 'not-blender');
  });

  it('somebody who speaks first', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')));
    assert.equal(await says(peer.port), 'not-blender');
  });

  it('somebody silent', async () => {
    assert.equal(await says(closeAfterwards(await rawPeer(() => undefined)).port), 'blender-unreachable');
  });

  it('somebody who closes at once, as a port forward without a Blender does', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => socket.destroy()));
    assert.equal(await says(peer.port), 'blender-unreachable');
  });

  it('nobody', async () => {
    const peer = await rawPeer(() => undefined);
    await peer.close();
    assert.equal(await says(peer.port), 'blender-unreachable');
  });

  it('an echo', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => socket.pipe(socket)));
    assert.equal(await says(peer.port), 'not-blender');
  });

  it('a stock add-on that is busy when hello comes: a second connection, without the NUL that would spoil it', async () => {
    let firstHello = true;
    const peer = closeAfterwards(
      new StockPeer({
        execute: () => '\nAVATAR_FORGE {"blender":"4.3.2","background":false}\n',
        commands: {
          hello: async () => {
            if (firstHello) await sleep(quick.helloMs + 80);
            firstHello = false;
            throw new Error('Unknown command type: hello');
          },
        },
      }),
    );
    const port = await peer.listen();
    const { dialect, blenderVersion } = await client(port).describe();
    assert.deepEqual([dialect, blenderVersion, peer.accepted], ['stock', '4.3.2', 2]);
  });
});
