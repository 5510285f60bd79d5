import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';
import { SqliteStore } from '../src/adapters/relay/sqliteStore.ts';
import { dialOut } from '../src/agent/dialOut.ts';
import { Registry } from '../src/core/relay/registry.ts';
import { defaultLimits } from '../src/relay/options.ts';
import { Relay } from '../src/relay/relay.ts';

/**
 * The programs that bench/relay.ts measures, each as a process of its own: one line of JSON on stdout when it is ready; then, for
 * each line `memory` on stdin what is left after a collection (bytes), for `cpu` the processor's time so far (ms).
 */
interface Target {
  readonly url: string;
  /** API keys of the relay. */
  readonly agent?: string;
  readonly port: number;
  readonly count: number;
}

const parts: Readonly<Record<string, (target: Target) => Promise<object>>> = {
  relay: startRelay,
  agent: startAgent,
  crowd: startCrowd,
  echo: async () => {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined).pipe(socket);
    });
    return { port: await portOf(server) };
  },
  pipe: async ({ port }) => {
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port, host: '127.0.0.1', noDelay: true });
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far).pipe(near);
    });
    return { port: await portOf(server) };
  },
  websocket: async () => {
    const server = createHttp();
    new WebSocketServer({ server, perMessageDeflate: false });
    return { url: `ws://127.0.0.1:${await portOf(server)}` };
  },
};

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function startRelay(): Promise<object> {
  const [admin, plenty] = [
    { who: 'bench', user: null },
    { perSecond: 1e12, burst: 1e12 },
  ];
  const store = await SqliteStore.open(':memory:');
  const registry = new Registry(store, () => Date.now());
  await registry.createUser(admin, 'bench');
  const key = async (scope: 'client' | 'agent'): Promise<string> =>
    (await registry.createKey(admin, { user: 'bench', scopes: [scope], allow: null, expiresAt: null }))
      .secret;
  const relay = await Relay.listen(store, {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    hostNames: [],
    version: 'bench',
    log: (line) => process.stderr.write(`${line}\n`),
    limits: { ...defaultLimits, connections: plenty, bytes: plenty },
  });
  return { url: relay.url.replace(/^http/, 'ws'), client: await key('client'), agent: await key('agent') };
}

function startAgent({ url, agent = '', port }: Target): Promise<object> {
  return new Promise((resolve) => {
    dialOut({
      relay: new URL(url),
      apiKey: agent,
      instance: randomUUID(),
      name: 'desk',
      version: 'bench',
      blender: { host: '127.0.0.1', port },
      onNews: ({ is }) => {
        if (is === 'connected') resolve({});
      },
    });
  });
}

/** Workstations that are connected and do nothing; without a key, WebSockets that do nothing. */
async function startCrowd({ url, agent, count }: Target): Promise<object> {
  for (let n = 0; n < count; n += 1) {
    const headers = agent === undefined ? {} : { authorization: `Bearer ${agent}` };
    const socket = new WebSocket(agent === undefined ? url : `${url}/agent`, { headers });
    await once(socket, 'open');
    if (agent === undefined) continue;
    const welcome = once(socket, 'message');
    const hello = { instance: randomUUID(), name: `idle-${randomUUID()}`, version: 'bench' };
    socket.send(JSON.stringify({ hello }));
    await welcome;
  }
  return {};
}

const [kind = '', target = '{}'] = process.argv.slice(2);
console.log(JSON.stringify(await parts[kind]?.(JSON.parse(target) as Target)));
createInterface({ input: process.stdin })
  .on('line', (asked) => {
    if (asked === 'memory') globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    console.log(asked === 'memory' ? process.memoryUsage().rss : (user + system) / 1e3);
  })
  .on('close', () => process.exit(0));
