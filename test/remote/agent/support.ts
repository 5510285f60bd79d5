import { request } from 'node:https';
import { runAgent, type AgentOptions } from '../../../src/agent/agent.ts';
import { listenEntrance, type ListenerOptions } from '../../../src/agent/listener.ts';
import { Metrics } from '../../../src/agent/metrics.ts';
import { Readiness } from '../../../src/agent/readiness.ts';
import { openConnection } from '../../../src/adapters/transports/index.ts';
import type { Connection, OpenOptions } from '../../../src/adapters/transports/transport.ts';
import { rawPeer } from '../../emulators/rawPeer.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { deferred } from '../transports/support.ts';
import { certificates } from '../../support/certificates.ts';

export const token = 'a token of the tests'.replaceAll(' ', '-');

const toClose: (() => unknown)[] = [];

/** To be called after each test: ends what the helpers here began. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0)) await close();
}

export function closeAfterwards<T extends { close(): unknown }>(opened: T): T {
  toClose.unshift(() => opened.close());
  return opened;
}

export interface RunningAgent {
  readonly port: number;
  /** `wss://localhost:port/blender`. */
  readonly url: string;
  readonly log: string[];
  readonly metrics: Metrics;
  /** Tells it to end. */
  readonly end: () => void;
  readonly code: Promise<number>;
}

interface Settings
  extends Partial<Omit<AgentOptions, 'entrances'>>, Partial<Omit<ListenerOptions, 'config'>> {
  readonly config?: Partial<ListenerOptions['config']>;
  readonly blenderPort?: number;
}

/** An agent on loopback with TLS, before a Blender at `blenderPort`. */
export async function agent({
  blenderPort = 1,
  config,
  metrics = new Metrics(Date.now()),
  ...settings
}: Settings = {}): Promise<RunningAgent> {
  const ending = new AbortController();
  const log: string[] = [];
  const blender = { host: '127.0.0.1', port: blenderPort };
  const { promise: opened, resolve: onListening } = deferred<number>();
  const listening = listenEntrance(
    {
      config: { host: '127.0.0.1', port: 0, token, origins: [], blender, maxClients: 8, ...config },
      certificate: certificates().server,
      metrics,
      readiness: new Readiness(blender, 'test/0'),
      log: (line) => log.push(line),
      hold: () => Promise.resolve(),
      ...settings,
    },
    onListening,
  );
  const code = runAgent({
    entrances: [listening],
    log: (line) => log.push(line),
    idleMs: 0,
    blender: new FakeBlender(),
    signal: ending.signal,
    endsBlender: () => false,
    ...settings,
  });
  const port = await Promise.race([
    opened,
    code.then((ended) => Promise.reject(new Error(`It ended with ${ended}.`))),
  ]);
  toClose.unshift(() => {
    ending.abort();
    return code;
  });
  return { port, url: `wss://localhost:${port}/blender`, log, metrics, end: () => ending.abort(), code };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Asks an agent by HTTP. */
export function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host: 'localhost',
      port,
      path,
      headers,
      ca: certificates().authority.cert,
      agent: false,
    });
    asking.once('error', reject).once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asking.end();
  });
}

/** A client through the agent. */
export async function client(url: string, options: Partial<OpenOptions> = {}): Promise<Connection> {
  const connection = await openConnection(new URL(url), {
    timeoutMs: 4_000,
    env: {},
    trust: { ca: certificates().authority.cert, headers: { authorization: `Bearer ${token}` } },
    ...options,
  });
  return closeAfterwards(connection);
}

/** In place of Blender: says back what it hears. */
export async function echo(): Promise<number> {
  return closeAfterwards(await rawPeer((socket) => socket.pipe(socket))).port;
}

/** A port at which nobody is. */
export async function nobody(): Promise<number> {
  const peer = await rawPeer(() => undefined);
  await peer.close();
  return peer.port;
}
