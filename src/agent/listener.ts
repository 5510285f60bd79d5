import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { keepAlive, webSocketLimits } from '../adapters/transports/keepAlive.ts';
import { reasonOf, toForgeError } from '../core/errors.ts';
import { metricsType } from '../core/prometheus.ts';
import { reachBlender } from './blender.ts';
import type { Entrance } from './agent.ts';
import type { Certificate } from './certificate.ts';
import type { AgentConfig } from './config.ts';
import { judge } from './door.ts';
import { join } from './join.ts';
import { LoginDelays } from './loginDelays.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

export interface ListenerOptions {
  readonly config: Pick<AgentConfig, 'host' | 'port' | 'token' | 'origins' | 'blender' | 'maxClients'>;
  /** Null: plain HTTP. */
  readonly certificate: Pick<Certificate, 'cert' | 'key'> | null;
  readonly metrics: Metrics;
  readonly readiness: Pick<Readiness, 'check'>;
  /** For people; never a header, never a token. */
  readonly log: (line: string) => void;
  readonly onClients: (count: number) => void;
  /** How often a client is pinged, in ms. */
  readonly pingMs?: number | undefined;
  /** Waits before a refused login is answered. */
  readonly hold?: ((ms: number) => Promise<void>) | undefined;
}

export const blenderPath = '/blender';
/** Sockets altogether: clients, probes, and refused logins that wait for their answer. */
const mostSockets = 256;
/** Refused logins that wait at one time; beyond, the connection is dropped without an answer. */
const mostHeld = 64;
const closeMs = 4_000;

/** The agent's door: HTTP(S) with `/healthz`, `/readyz`, `/metrics`, and the WebSocket at `/blender` that leads to Blender. */
class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: webSocketLimits.receivedBytes,
  });
  readonly #clients = new Set<WebSocket>();
  readonly #sockets = new Set<Socket>();
  readonly #delays = new LoginDelays();
  #held = 0;
  /** Clients that were let in, and for whom Blender is being connected to. */
  #coming = 0;
  #closing = false;

  constructor(options: ListenerOptions) {
    const { certificate } = options;
    const limits = { maxHeaderSize: 16_384, requestTimeout: 10_000, headersTimeout: 10_000 };
    this.#options = options;
    this.#server =
      certificate === null
        ? createHttp(limits)
        : createHttps({
            ...limits,
            cert: certificate.cert,
            key: certificate.key,
            minVersion: 'TLSv1.2',
            handshakeTimeout: 10_000,
          });
    this.#server.maxConnections = mostSockets;
    this.#server
      .on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      })
      .on('request', (request, response) => void this.#answer(request, response))
      .on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Resolves to the port. Error: `cannot-listen`. */
  async listen(): Promise<number> {
    const { host, port } = this.#options.config;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject).listen(port, host, () => {
          this.#server.off('error', reject);
          resolve();
        });
      });
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'cannot-listen',
        `The agent cannot listen on ${host}:${port}`,
        'Choose another address (AVATAR_FORGE_AGENT_HOST, AVATAR_FORGE_AGENT_PORT), or end what listens there.',
      );
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells the clients and ends within 5 s. */
  async close(): Promise<void> {
    this.#closing = true;
    const ended = new Promise((resolve) => this.#server.close(resolve));
    for (const client of this.#clients) {
      if (client.isPaused) client.resume();
      client.close(1001, 'the agent ends');
    }
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, closeMs);
    this.#server.closeIdleConnections();
    await ended;
    clearTimeout(timer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, readiness, config } = this.#options;
    const path = pathOf(request);
    const reply = (status: number, text: string): void => {
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(`${text}\n`);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') reply(405, 'method not allowed');
    else if (path === '/healthz') reply(200, 'ok');
    else if (path === '/readyz') {
      const obstacle = await readiness.check();
      // Not refused: whoever can save the scene has to get in.
      reply(obstacle === null ? 200 : 503, obstacle ?? (metrics.sceneUnsaved ? 'scene-unsaved' : 'ok'));
    } else if (path === '/metrics') {
      const refusal = judge(request, config);
      if (refusal !== null) {
        if (await this.#heldBack(request, refusal.reason)) reply(refusal.status, 'refused');
        else response.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': metricsType });
      response.end(metrics.render((await readiness.check()) === null));
    } else if (path === blenderPath) reply(426, 'this is a WebSocket');
    else reply(404, 'not found');
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { config, log } = this.#options;
    const from = request.socket.remoteAddress ?? 'unknown';
    socket.on('error', () => socket.destroy());
    const refusal = judge(request, config);
    if (refusal !== null) {
      if (await this.#heldBack(request, refusal.reason)) refuse(socket, refusal.status);
      else socket.destroy();
      return;
    }
    this.#delays.succeeded(from);
    if (pathOf(request) !== blenderPath) {
      refuse(socket, 404);
      return;
    }
    if (this.#closing || this.#clients.size + this.#coming >= config.maxClients) {
      log(`${from}: refused, ${this.#clients.size} clients are connected`);
      refuse(socket, 503);
      return;
    }
    this.#coming += 1;
    try {
      const blender = await reachBlender(config.blender);
      this.#admit(request, socket, head, blender);
    } catch (thrown) {
      log(`${from}: ${reasonOf(thrown)}`);
      refuse(socket, 502);
    } finally {
      this.#coming -= 1;
    }
  }

  #admit(request: IncomingMessage, socket: Duplex, head: Buffer, blender: Socket): void {
    const before = this.#clients.size;
    if (this.#closing) refuse(socket, 503);
    else if (!socket.destroyed) {
      this.#webSockets.handleUpgrade(request, socket, head, (client) =>
        this.#enter(client, blender, request.socket.remoteAddress ?? 'unknown'),
      );
    }
    if (this.#clients.size === before) blender.destroy(); // gone meanwhile, or no proper upgrade
  }

  #enter(client: WebSocket, blender: Socket, from: string): void {
    const { metrics, log, onClients, pingMs = webSocketLimits.pingMs } = this.#options;
    this.#clients.add(client);
    onClients(this.#clients.size);
    log(`${from}: connected`);
    keepAlive(client, pingMs, (silentMs) => log(`${from}: silent for ${silentMs / 1000} s, cut`));
    client.on('close', (code) => {
      this.#clients.delete(client);
      onClients(this.#clients.size);
      log(`${from}: disconnected (${code})`);
    });
    join(client, blender, metrics);
  }

  /** Lets the refused wait. Resolves to false where there are too many of them to be answered. */
  async #heldBack(request: IncomingMessage, reason: string): Promise<boolean> {
    const { metrics, log, hold = sleep } = this.#options;
    const from = request.socket.remoteAddress ?? 'unknown';
    const delayMs = this.#delays.failed(from, Date.now());
    metrics.loginsRefused += 1;
    log(`${from}: refused, wrong ${reason}`);
    if (this.#held >= mostHeld) return false;
    this.#held += 1;
    await hold(delayMs);
    this.#held -= 1;
    return true;
  }
}

/** The listener as a way in; `onListening` is told the port. */
export function listenEntrance(
  options: Omit<ListenerOptions, 'onClients'>,
  onListening: (port: number) => void,
): (onClients: (count: number) => void) => Entrance {
  return (onClients) => {
    const listener = new Listener({ ...options, onClients });
    return { open: async () => onListening(await listener.listen()), close: () => listener.close() };
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*$/s, '');
}

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function refuse(socket: Duplex, status: number): void {
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? ''}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  );
}
