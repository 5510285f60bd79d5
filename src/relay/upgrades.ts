import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ForgeError } from '../core/errors.ts';
import { requireScope } from '../core/relay/keys.ts';
import type { ApiKey, Scope } from '../core/relay/records.ts';
import type { Replica } from '../core/relay/replicas.ts';
import { clientHeader, MAX_CONTROL_MESSAGE, MAX_RELAY_MESSAGE, relayPaths } from '../protocol/relay.ts';
import type { Door } from './door.ts';
import type { Heartbeat } from './heartbeat.ts';
import { passOnSocket, wasPassedOn } from './passOn.ts';
import { defect, headersOf, noSuchPath, problemOf } from './problems.ts';
import type { Sessions, SessionsParts } from './sessions.ts';

const sessionPath = new RegExp(`^${relayPaths.session}([A-Za-z0-9_-]{43})$`);
const instancePath = new RegExp(`^${relayPaths.instances}([A-Za-z0-9._-]{1,64})$`);
const clientName = /^[A-Za-z0-9._-]{0,64}$/;

export interface UpgradesParts extends SessionsParts {
  readonly sessions: Sessions;
  readonly heartbeat: Heartbeat;
  readonly door: Door;
}

/** Lets WebSockets in: agents, their data connections, clients. */
export class Upgrades {
  readonly #parts: UpgradesParts;
  /** What is joined to another replica. */
  readonly #passedOn = new Set<Duplex>();
  readonly #control = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CONTROL_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #data = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_RELAY_MESSAGE,
    perMessageDeflate: false,
  });

  constructor(parts: UpgradesParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined); // whoever waits for it finds it destroyed
    try {
      await this.#admit(request, socket, head);
    } catch (thrown) {
      const { metrics, log } = this.#parts;
      const hidden = defect(thrown);
      if (hidden !== null) log(hidden);
      metrics.add('refused_total');
      refuse(socket, thrown);
    }
  }

  /** Closes what is open, at once. */
  dropAll(): void {
    for (const server of [this.#control, this.#data]) for (const socket of server.clients) socket.terminate();
    for (const socket of this.#passedOn) socket.destroy();
  }

  /** Closes what is open, and says why. */
  closeAll(code: number, reason: string): void {
    for (const server of [this.#control, this.#data])
      for (const socket of server.clients) socket.close(code, reason);
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { door, switchboard } = this.#parts;
    door.checkOrigin(request);
    const key = await door.admit(request);
    const path = request.url ?? '';
    const open = (server: WebSocketServer, use: (it: WebSocket) => void): boolean =>
      this.#open(server, request, socket, head, use);
    if (path === relayPaths.agent) {
      await this.#requireScope(key, 'agent', path);
      open(this.#control, (it) => switchboard.attach(it, key));
      return;
    }
    const [, sessionId] = sessionPath.exec(path) ?? [];
    if (sessionId !== undefined) {
      await this.#requireScope(key, 'agent', relayPaths.session);
      const to = wasPassedOn(request) ? null : await this.#ownerOf(sessionId);
      if (to !== null) await this.#passOn(to, request, socket, head);
      else
        await this.#audited(key, 'session.join', () => open(this.#data, switchboard.claim(sessionId, key)));
      return;
    }
    const [, reference] = instancePath.exec(path) ?? [];
    if (reference === undefined) {
      await this.#audited(key, 'connect', () => {
        throw noSuchPath();
      });
      return;
    }
    await this.#requireScope(key, 'client', relayPaths.instances);
    const to = wasPassedOn(request) ? null : await this.#elsewhere(key, reference);
    if (to !== null) await this.#passOn(to, request, socket, head);
    else await this.#client(key, reference, request, open);
  }

  /** The replica that gave a session id out; null: this one, or none that lives. */
  async #ownerOf(sessionId: string): Promise<Replica | null> {
    const { replicas } = this.#parts;
    const id = sessionId.slice(0, replicas.id.length);
    return id === replicas.id ? null : replicas.find(id);
  }

  /** The replica that an instance is connected to; null: this one, or none, or there is no such instance. */
  async #elsewhere(key: ApiKey, reference: string): Promise<Replica | null> {
    const { registry, switchboard, replicas } = this.#parts;
    const instance = await registry.find(key.user, reference).catch(() => null);
    return instance === null || switchboard.isOnline(instance.id) ? null : replicas.holderOf(instance.id);
  }

  async #passOn(to: Replica, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#passedOn.add(socket);
    socket.once('close', () => this.#passedOn.delete(socket));
    await passOnSocket(to, request, socket, head);
  }

  async #client(
    key: ApiKey,
    reference: string,
    request: IncomingMessage,
    open: (server: WebSocketServer, use: (it: WebSocket) => void) => boolean,
  ): Promise<void> {
    const { sessions } = this.#parts;
    const client = [request.headers[clientHeader] ?? ''].flat().join('');
    if (!clientName.test(client))
      throw new ForgeError(
        'bad-name',
        `The header ${clientHeader} is no name.`,
        'Use letters, digits, dots and dashes.',
      );
    const session = await sessions.begin(key, reference, client);
    if (!open(this.#data, (it) => sessions.run(session, it))) await sessions.finish(session);
  }

  /** False: the other side has left meanwhile, or does not speak WebSocket. */
  #open(
    server: WebSocketServer,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    use: (it: WebSocket) => void,
  ): boolean {
    let opened = false;
    server.handleUpgrade(request, socket, head, (it) => {
      opened = true;
      it.on('error', () => undefined); // a close follows
      this.#parts.heartbeat.watch(it);
      // Nothing of a data connection may get lost before somebody listens to it.
      if (server === this.#data) it.pause();
      use(it);
    });
    return opened;
  }

  async #requireScope(key: ApiKey, scope: Scope, what: string): Promise<void> {
    await this.#audited(key, `connect ${what}`, () => requireScope(key, scope));
  }

  /** A refusal is a line of audit before it is told. */
  async #audited<T>(key: ApiKey, what: string, work: () => T): Promise<T> {
    const { registry } = this.#parts;
    try {
      return work();
    } catch (thrown) {
      const outcome = thrown instanceof ForgeError ? thrown.code : 'internal';
      const { who } = await registry.actor(key);
      await registry.note(who, 'relay', what, {}, outcome);
      throw thrown;
    }
  }
}

function refuse(socket: Duplex, thrown: unknown): void {
  const problem = problemOf(thrown);
  const body = JSON.stringify(problem);
  const headers = {
    ...headersOf(problem),
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}
