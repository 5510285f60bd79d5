import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';
import { SqliteStore } from '../src/adapters/relay/sqliteStore.ts';
import { Registry } from '../src/core/relay/registry.ts';
import { defaultLimits } from '../src/relay/options.ts';
import { Relay } from '../src/relay/relay.ts';

/**
 * What bench/relay.ts measures, as a process of its own: `relay`, or for comparison a `pipe` to a port of this machine or a bare
 * `websocket` server. One line of JSON on stdout when it listens, and the memory in use for each line on stdin.
 */
const [kind, target] = process.argv.slice(2);
const admin = { who: 'bench', user: null };
const plenty = { perSecond: 1e12, burst: 1e12 };

async function serve(): Promise<object> {
  if (kind === 'pipe') {
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: Number(target), host: '127.0.0.1', noDelay: true });
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port };
  }
  if (kind === 'websocket') {
    const server = createHttp();
    new WebSocketServer({ server, perMessageDeflate: false });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
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

console.log(JSON.stringify(await serve()));
createInterface({ input: process.stdin })
  .on('line', () => {
    globalThis.gc?.();
    console.log(process.memoryUsage().rss);
  })
  .on('close', () => process.exit(0));
