import { once } from 'node:events';
import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { Duplex } from 'node:stream';
import { isLoopback } from '../core/address.ts';
import { ForgeError } from '../core/errors.ts';
import type { RelayStore } from '../core/relay/records.ts';
import { Registry } from '../core/relay/registry.ts';
import { alone, type ReplicaNews, type Replicas } from '../core/relay/replicas.ts';
import { closeCodes } from '../protocol/relay.ts';
import { Api } from './api.ts';
import { Door } from './door.ts';
import { Heartbeat } from './heartbeat.ts';
import { Metrics } from './metrics.ts';
import type { RelayOptions } from './options.ts';
import { Sessions } from './sessions.ts';
import { Switchboard } from './switchboard.ts';
import { Upgrades } from './upgrades.ts';

const http = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
};
const mostConnections = 20_000;
const goodbyeMs = 1_000;

/** The relay as it serves: put together here, and taken down. */
export class Relay {
  /** What other replicas tell of is told to this. */
  readonly news: ReplicaNews;
  readonly #server: Server;
  readonly #options: RelayOptions;
  readonly #upgrades: Upgrades;
  readonly #sessions: Sessions;
  readonly #heartbeat: Heartbeat;
  readonly #door: Door;
  readonly #sweep: NodeJS.Timeout;
  #ready = true;
  #looking = false;

  private constructor(store: RelayStore, options: RelayOptions) {
    this.#options = options;
    const { limits, version, log, hostNames, trustedProxies = [] } = options;
    const registry = new Registry(store, () => Date.now());
    const metrics = new Metrics();
    const door = new Door(registry, metrics, {
      hostNames,
      trustedProxies,
      loopback: isLoopback(options.host),
      limits,
    });
    this.#door = door;
    const replicas = options.replicas ?? alone();
    const switchboard = new Switchboard(registry, metrics, limits, replicas);
    this.#heartbeat = new Heartbeat(limits.pingMs);
    this.#sessions = new Sessions({ registry, switchboard, replicas, door, metrics, limits, log });
    const parts = { registry, switchboard, door, metrics, limits, sessions: this.#sessions, log, replicas };
    this.#upgrades = new Upgrades({ ...parts, heartbeat: this.#heartbeat });
    const api = new Api({ ...parts, version, ready: () => this.#ready });
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void api.serve(request, response);
    const { tls } = options;
    this.#server =
      tls === null
        ? createPlain(http, serve)
        : createSecure({ ...http, ...tls, minVersion: 'TLSv1.2' }, serve);
    this.#server.maxConnections = mostConnections;
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrades.serve(request, socket, head);
    });
    this.#sweep = setInterval(() => {
      door.sweep();
      void this.#look(switchboard, replicas);
    }, limits.sweepMs);
    this.news = {
      onMoved: (instance) => switchboard.moved(instance),
      onChanged: () => void this.#look(switchboard, replicas),
    };
  }

  /** Errors: `tls-required`, `host-name-missing`, `relay-listen`. The store stays the caller's to close. */
  static async listen(store: RelayStore, options: RelayOptions): Promise<Relay> {
    checkExposure(options);
    const relay = new Relay(store, options);
    try {
      relay.#server.listen(options.port, options.host);
      await once(relay.#server, 'listening');
    } catch (thrown) {
      relay.#stopTimers();
      throw new ForgeError(
        'relay-listen',
        `The relay cannot listen on ${options.host} port ${options.port}: ${String(thrown)}.`,
        'Choose another port with --listen.',
        { cause: thrown },
      );
    }
    return relay;
  }

  /** `https://host:port`. */
  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : this.#options.port;
    const { host, tls } = this.#options;
    return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Tells everybody, and waits a moment for them to leave. */
  async close(): Promise<void> {
    this.#ready = false;
    this.#stopTimers();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#door.close();
    this.#sessions.endAll(closeCodes.shuttingDown, 'shutting-down');
    this.#upgrades.closeAll(closeCodes.shuttingDown, 'shutting-down');
    const timer = setTimeout(() => {
      this.#upgrades.dropAll();
      this.#server.closeAllConnections();
    }, goodbyeMs);
    await closed;
    clearTimeout(timer);
    // What ends a session is told a moment after its sockets are closed, and needs the database.
    await this.#sessions.ended();
  }

  /** Ends what may not go on. */
  async #look(switchboard: Switchboard, replicas: Replicas): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await replicas.beat();
      await this.#sessions.sweep();
      await switchboard.sweep();
    } catch (thrown) {
      this.#options.log(`sweep: ${String(thrown)}`); // the database may be locked or away; the next sweep is near
    } finally {
      this.#looking = false;
    }
  }

  #stopTimers(): void {
    clearInterval(this.#sweep);
    this.#heartbeat.stop();
  }
}

function checkExposure({ host, tls, hostNames }: RelayOptions): void {
  if (isLoopback(host)) return;
  if (tls === null) {
    throw new ForgeError(
      'tls-required',
      `API keys would cross the network to ${host} in the clear.`,
      'Give --cert and --key, or --self-signed for development, or listen on 127.0.0.1.',
    );
  }
  if (hostNames.length === 0) {
    throw new ForgeError(
      'host-name-missing',
      'Off loopback the relay has to know by which name it is called.',
      'Add --host-name relay.example.org, once for each name.',
    );
  }
}
