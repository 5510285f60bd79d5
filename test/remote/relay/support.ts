import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect } from 'node:net';
import { createWebSocketStream, WebSocket } from 'ws';
import { SqliteStore } from '../../../src/adapters/relay/sqliteStore.ts';
import { type DialOut, dialOut, type DialOutNews } from '../../../src/agent/dialOut.ts';
import type { Scope } from '../../../src/core/relay/records.ts';
import { mintKey } from '../../../src/core/relay/keys.ts';
import { Registry } from '../../../src/core/relay/registry.ts';
import type { Problem } from '../../../src/protocol/relay.ts';
import { defaultLimits, type RelayLimits, type RelayOptions } from '../../../src/relay/options.ts';
import { Relay } from '../../../src/relay/relay.ts';

const toClose: (() => unknown)[] = [];

/** To be called after each test: ends what the helpers here began. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0).reverse()) await close();
}

export function afterwards(close: () => unknown): void {
  toClose.push(close);
}

/** Limits at which a test need not wait. */
export const quick: RelayLimits = {
  ...defaultLimits,
  connections: { perSecond: 10_000, burst: 10_000 },
  failedLogins: { free: 1_000_000, firstDelayMs: 1, longestDelayMs: 1, held: 1_000, forgetMs: 1 },
  sweepMs: 20,
};

export interface Rig {
  readonly relay: Relay;
  readonly store: SqliteStore;
  readonly registry: Registry;
  readonly log: readonly string[];
  /** A key of a user, who is created where there is none. */
  readonly key: (
    user: string,
    scope: Scope,
    allow?: readonly string[] | null,
    expiresAt?: number | null,
  ) => string;
  readonly close: () => Promise<void>;
}

export async function startRelay(
  options: Partial<Omit<RelayOptions, 'limits'>> & {
    readonly database?: string;
    readonly limits?: Partial<RelayLimits>;
  } = {},
): Promise<Rig> {
  const log: string[] = [];
  const store = await SqliteStore.open(options.database ?? ':memory:');
  const relay = await Relay.listen(store, {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    hostNames: [],
    version: '0.0.0',
    log: (line) => log.push(line),
    ...options,
    limits: { ...quick, ...options.limits },
  });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= relay.close().then(() => store.close()));
  afterwards(close);
  const registry = new Registry(store, () => Date.now());
  return {
    relay,
    store,
    registry,
    log,
    key: (user, scope, allow = null, expiresAt = null) => {
      const owner = store.userByName(user) ?? { id: randomUUID(), name: user };
      if (store.userByName(user) === undefined) store.addUser(owner);
      const { secret, record } = mintKey({ user: owner.id, scopes: [scope], allow, expiresAt });
      store.addKey(record);
      return secret;
    },
    close,
  };
}

/** A Blender that sends back what it gets. */
export async function startEcho(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  afterwards(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export interface TestAgent {
  readonly instance: string;
  readonly agent: DialOut;
  readonly news: readonly DialOutNews[];
  /** The next news of a kind. */
  readonly next: (is: DialOutNews['is']) => Promise<DialOutNews>;
}

interface TestAgentOptions {
  readonly name?: string;
  readonly instance?: string;
  readonly fingerprint?: string;
  readonly silenceMs?: number;
}

/** An agent in front of a Blender at a port; resolves when the relay has welcomed it. */
export async function startAgent(
  relayUrl: string,
  apiKey: string,
  blenderPort: number,
  options: TestAgentOptions = {},
): Promise<TestAgent> {
  const it = beginAgent(relayUrl, apiKey, blenderPort, options);
  if (!it.news.some(({ is }) => is === 'connected')) await it.next('connected');
  return it;
}

export function beginAgent(
  relayUrl: string,
  apiKey: string,
  blenderPort: number,
  options: TestAgentOptions = {},
): TestAgent {
  const { name = 'desk', instance = randomUUID(), fingerprint, silenceMs } = options;
  const news: DialOutNews[] = [];
  const waiting: { readonly is: string; readonly tell: (news: DialOutNews) => void }[] = [];
  const agent = dialOut({
    relay: new URL(relayUrl.replace(/^http/, 'ws')),
    apiKey,
    instance,
    name,
    version: '0.0.0',
    blender: { host: '127.0.0.1', port: blenderPort },
    trust: { fingerprint },
    silenceMs,
    onNews: (it) => {
      news.push(it);
      for (const one of waiting.filter(({ is }) => is === it.is)) {
        waiting.splice(waiting.indexOf(one), 1);
        one.tell(it);
      }
    },
  });
  afterwards(() => agent.stop());
  const next = (is: DialOutNews['is']): Promise<DialOutNews> =>
    new Promise((tell) => waiting.push({ is, tell }));
  return { instance, agent, news, next };
}

/** What came of an attempt to open a WebSocket. */
export type Attempt = { readonly socket: WebSocket } | { readonly status: number; readonly problem: Problem };

export function attempt(
  relayUrl: string,
  path: string,
  apiKey: string | null,
  headers: Record<string, string> = {},
): Promise<Attempt> {
  const authorization = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${relayUrl.replace(/^http/, 'ws')}${path}`, {
      headers: { ...authorization, ...headers },
      perMessageDeflate: false,
    });
    afterwards(() => socket.terminate());
    socket.on('error', reject).once('open', () => {
      socket.pause(); // until the test listens
      resolve({ socket });
    });
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, problem: JSON.parse(text) as Problem });
      });
    });
  });
}

/** A client's WebSocket; throws what the relay answered where it is refused. */
export async function open(
  relayUrl: string,
  path: string,
  apiKey: string,
  headers: Record<string, string> = {},
): Promise<WebSocket> {
  const result = await attempt(relayUrl, path, apiKey, headers);
  if ('socket' in result) return result.socket;
  throw new Error(`${result.status} ${result.problem.code}: ${result.problem.detail}`);
}

/** The code of the refusal. */
export async function refusal(
  relayUrl: string,
  path: string,
  apiKey: string | null,
  headers: Record<string, string> = {},
): Promise<string> {
  const result = await attempt(relayUrl, path, apiKey, headers);
  return 'problem' in result ? result.problem.code : 'was let in';
}

/** Sends bytes and resolves with as many that came back. */
export function exchange(socket: WebSocket, bytes: Buffer): Promise<Buffer> {
  const stream = createWebSocketStream(socket);
  const heard: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    stream.on('error', reject).on('data', (piece: Buffer) => {
      heard.push(piece);
      size += piece.length;
      if (size >= bytes.length) resolve(Buffer.concat(heard));
    });
    for (let at = 0; at < bytes.length; at += 65_536) stream.write(bytes.subarray(at, at + 65_536));
  });
}

/** A port on which a plain TCP client finds an instance: what the wss transport does, for clients that have none. */
export async function bridge(relayUrl: string, path: string, apiKey: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    void attempt(relayUrl, path, apiKey).then((result) => {
      if (!('socket' in result)) {
        socket.destroy();
        return;
      }
      const stream = createWebSocketStream(result.socket).on('error', () => undefined);
      socket.pipe(stream).pipe(socket);
    });
  });
  afterwards(() => server.close());
  return listening(server);
}

/** Bytes on a raw TCP connection to the relay; resolves with what it answers before it hangs up. */
export function rawRequest(relayUrl: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(relayUrl);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let text = '';
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
}

/** A request to the HTTP API. */
export async function ask(
  relayUrl: string,
  method: string,
  path: string,
  apiKey: string | null,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${relayUrl}${path}`, {
    method,
    headers: {
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}
