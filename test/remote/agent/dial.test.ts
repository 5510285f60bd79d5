import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { readDialConfig } from '../../../src/agent/dial.ts';
import { dialOut } from '../../../src/agent/dialOut.ts';
import { dial, listen } from '../../../src/agent/main.ts';
import { Metrics } from '../../../src/agent/metrics.ts';
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

  it('cuts a client that is gone without a word, and counts it no more', async () => {
    const relay = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
    afterwards(() => {
      for (const socket of relay.clients) socket.terminate();
      relay.close();
    });
    await once(relay, 'listening');
    relay.on('connection', (socket, { url }) => {
      if (url !== '/agent') return; // a session of which nothing is heard
      socket.once('message', () => socket.send(JSON.stringify({ open: { session: 'x'.repeat(43) } })));
    });
    const metrics = new Metrics(Date.now());
    const counts: number[] = [];
    const left = deferred<undefined>();
    let silentMs = 0;
    const agent = dialOut({
      relay: new URL(`ws://127.0.0.1:${(relay.address() as AddressInfo).port}`),
      apiKey: 'secret-key',
      instance: crypto.randomUUID(),
      name: 'desk',
      version: '0.0.0',
      blender: { host: '127.0.0.1', port: await startEcho() },
      env: {},
      traffic: metrics,
      pingMs: 20,
      onNews: (news) => {
        if (news.is === 'silent') silentMs = news.silentMs;
        if (news.is !== 'sessions') return;
        counts.push(news.count);
        if (news.count === 0) left.resolve(undefined);
      },
    });
    afterwards(() => agent.stop());
    await left.promise;
    assert.deepEqual([counts, silentMs], [[1, 0], 60]);
    assert.deepEqual([metrics.clients, metrics.clientsEver], [0, 1]);
  });

  it('counts the clients of both ways when it listens, too', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-dial-'));
    afterwards(() => rm(home, { recursive: true, force: true }));
    const { relay, key } = await startRelay();
    const ending = new AbortController();
    const at = deferred<string>();
    const connected = deferred<undefined>();
    const authorization = 'Bearer a-token-of-the-tests';
    const ended = listen({
      env: {
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_RELAY_URL: relay.url.replace('http', 'ws'),
        AVATAR_FORGE_RELAY_KEY: key('ada', 'agent'),
        AVATAR_FORGE_INSTANCE_NAME: 'desk',
        AVATAR_FORGE_AGENT_PORT: '0',
        AVATAR_FORGE_AGENT_TOKEN: 'a-token-of-the-tests',
        AVATAR_FORGE_BLENDER_PORT: String(await startEcho()),
      },
      flags: { supervise: false, dial: true, selfSigned: false },
      signal: ending.signal,
      log: (line) => {
        const [, url] = /agent at (ws:\S+)\/blender/.exec(line) ?? [];
        if (url !== undefined) at.resolve(url);
        if (line.includes('as desk')) connected.resolve(undefined);
      },
    });
    afterwards(() => ended);
    afterwards(() => ending.abort());
    const [url] = await Promise.all([at.promise, connected.promise]);
    const clients: WebSocket[] = [];
    const client = async (address: string, bearer: string): Promise<void> => {
      const socket = new WebSocket(address, { headers: { authorization: bearer } });
      clients.push(socket);
      await once(socket, 'open');
    };
    const counted = async (): Promise<string[]> => {
      const told = await fetch(`${url.replace('ws', 'http')}/metrics`, { headers: { authorization } });
      return [...(await told.text()).matchAll(/^avatar_forge_agent_clients(?:_total)? (\d+)$/gm)].map(
        ([, n = '']) => n,
      );
    };
    const until = async (wanted: readonly string[]): Promise<void> => {
      for (let told = await counted(); String(told) !== String(wanted); told = await counted())
        await sleep(10);
    };
    await client(`${relay.url.replace('http', 'ws')}/instances/desk`, `Bearer ${key('ada', 'client')}`);
    await until(['1', '1']);
    await client(`${url}/blender`, authorization);
    await until(['2', '2']);
    for (const socket of clients) socket.terminate();
    await until(['0', '2']);
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
