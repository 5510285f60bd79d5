import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { readDialConfig } from '../../../src/agent/dial.ts';
import { dial } from '../../../src/agent/main.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { afterwards, closeAll, startEcho, startRelay } from '../relay/support.ts';
import { deferred } from '../transports/support.ts';

const sound = { AVATAR_FORGE_RELAY_URL: 'wss://relay.example', AVATAR_FORGE_RELAY_KEY: 'secret-key' };

describe('agent dial', () => {
  afterEach(closeAll);

  for (const [wrong, named] of [
    [{ AVATAR_FORGE_RELAY_URL: 'ws://relay.example' }, 'AVATAR_FORGE_RELAY_URL'],
    [{ AVATAR_FORGE_RELAY_URL: '' }, 'AVATAR_FORGE_RELAY_URL'],
    [{ AVATAR_FORGE_RELAY_KEY: '' }, 'AVATAR_FORGE_RELAY_KEY'],
    [{ AVATAR_FORGE_RELAY_KEY_FILE: '/nowhere' }, 'AVATAR_FORGE_RELAY_KEY_FILE'],
    [{ AVATAR_FORGE_INSTANCE_NAME: '../x' }, 'AVATAR_FORGE_INSTANCE_NAME'],
    [{ AVATAR_FORGE_FINGERPRINT: 'abc' }, 'AVATAR_FORGE_FINGERPRINT'],
    [{ AVATAR_FORGE_CA: '/nowhere' }, 'AVATAR_FORGE_CA'],
  ] as const) {
    it(`names ${named} when it is ${JSON.stringify(Object.values(wrong)[0])}`, () => {
      assert.throws(
        () => readDialConfig({ ...sound, ...wrong }),
        (error: Error) => error.message.startsWith(named) && !error.message.includes('secret-key'),
      );
    });
  }

  it('brings a client to Blender by way of the relay, as the same instance after each start', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-dial-'));
    afterwards(() => rm(home, { recursive: true, force: true }));
    const { relay, key } = await startRelay();
    const env = {
      AVATAR_FORGE_HOME: home,
      AVATAR_FORGE_RELAY_URL: relay.url.replace('http', 'ws'),
      AVATAR_FORGE_RELAY_KEY: key('ada', 'agent'),
      AVATAR_FORGE_INSTANCE_NAME: 'desk',
      AVATAR_FORGE_BLENDER_PORT: String(await startEcho()),
    };
    const client = key('ada', 'client');
    const instances = new Set<string>();
    for (let start = 0; start < 2; start += 1) {
      const ending = new AbortController();
      afterwards(() => ending.abort());
      let connected: () => void = () => undefined;
      const welcome = new Promise<void>((resolve) => (connected = resolve));
      const ended = dial({
        env,
        flags: { supervise: false },
        signal: ending.signal,
        log: (line) => (line.includes('as desk') ? connected() : undefined),
      });
      await welcome;
      const socket = new WebSocket(`${env.AVATAR_FORGE_RELAY_URL}/instances/desk`, {
        headers: { authorization: `Bearer ${client}` },
      });
      afterwards(() => socket.terminate());
      await once(socket, 'open');
      socket.send('hello');
      const [answer] = (await once(socket, 'message')) as [Buffer];
      assert.equal(answer.toString(), 'hello');
      socket.terminate();
      ending.abort();
      assert.equal(await ended, 0);
      instances.add(await readFile(join(home, 'agent/instance'), 'utf8'));
    }
    assert.equal(instances.size, 1);
  });

  it('has an idle scene saved and ends with 75, but not while a client is there', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-dial-'));
    afterwards(() => rm(home, { recursive: true, force: true }));
    const { relay, key } = await startRelay();
    const asked: string[] = [];
    const peer = new ForgePeer({
      onRequest: ({ id, method }, to) => {
        asked.push(method);
        to.send({ id, result: {} });
      },
    });
    const port = await peer.listen();
    afterwards(() => peer.close());
    const log: string[] = [];
    const connected = deferred<undefined>();
    const ended = dial({
      env: {
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_RELAY_URL: relay.url.replace('http', 'ws'),
        AVATAR_FORGE_RELAY_KEY: key('ada', 'agent'),
        AVATAR_FORGE_INSTANCE_NAME: 'desk',
        AVATAR_FORGE_BLENDER_PORT: String(port),
        AVATAR_FORGE_IDLE_MINUTES: '0.01',
      },
      flags: { supervise: false },
      log: (line) => {
        log.push(line);
        if (line.includes('as desk')) connected.resolve(undefined);
      },
    });
    await connected.promise;
    const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/instances/desk`, {
      headers: { authorization: `Bearer ${key('ada', 'client')}` },
    });
    afterwards(() => socket.terminate());
    await once(socket, 'open');
    await sleep(1_000); // longer than it waits for nobody
    assert.deepEqual(asked, []);
    socket.terminate();
    assert.equal(await ended, 75, log.join('\n'));
    assert.deepEqual(asked, ['save_project']);
  });
});
