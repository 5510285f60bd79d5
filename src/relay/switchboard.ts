import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { ForgeError } from '../core/errors.ts';
import { isName } from '../core/relay/names.ts';
import type { ApiKey, Instance } from '../core/relay/records.ts';
import type { Registry } from '../core/relay/registry.ts';
import type { Replicas } from '../core/relay/replicas.ts';
import { TokenBucket } from '../core/relay/tokenBucket.ts';
import { plainText } from '../core/untrusted.ts';
import { type AgentMessage, closeCodes, type RelayOrder } from '../protocol/relay.ts';
import { hangUp } from './heartbeat.ts';
import type { Metrics } from './metrics.ts';
import type { RelayLimits } from './options.ts';

const session = z.string().max(64);
const agentMessage: z.ZodType<AgentMessage> = z.union([
  z.strictObject({
    hello: z.object({
      instance: z.uuid(),
      name: z.string().max(64).refine(isName),
      version: z.string().max(64),
    }),
  }),
  z.strictObject({ failed: z.object({ session, code: z.string().max(64), message: z.string().max(1_000) }) }),
]);
const controlRate = { perSecond: 20, burst: 100 };

interface Line {
  readonly socket: WebSocket;
  readonly key: ApiKey;
}

interface Awaited {
  readonly line: Line;
  readonly arrived: (socket: WebSocket) => void;
  readonly failed: (error: ForgeError) => void;
}

/** Which workstations are there, and the data connections they are asked for. */
export class Switchboard {
  readonly #registry: Registry;
  readonly #metrics: Metrics;
  readonly #limits: RelayLimits;
  readonly #replicas: Replicas;
  /** By instance. */
  readonly #lines = new Map<string, Line>();
  /** By session id: each is good for one connection of the agent that was asked. */
  readonly #awaited = new Map<string, Awaited>();

  constructor(registry: Registry, metrics: Metrics, limits: RelayLimits, replicas: Replicas) {
    this.#replicas = replicas;
    this.#registry = registry;
    this.#metrics = metrics;
    this.#limits = limits;
  }

  isOnline(instanceId: string): boolean {
    return this.#lines.has(instanceId);
  }

  /** The instances that are connected, here or at another replica. */
  async online(): Promise<ReadonlySet<string>> {
    return new Set([...this.#lines.keys(), ...(await this.#replicas.elsewhere())]);
  }

  /** A control connection: it says hello, and is the line to its workstation from then on. */
  attach(socket: WebSocket, key: ApiKey): void {
    const line: Line = { socket, key };
    let greeted = false;
    let instance: Instance | null = null;
    const refuse = (reason: string): void => hangUp(socket, closeCodes.badMessage, reason);
    const timer = setTimeout(() => refuse('hello-missing'), this.#limits.helloMs);
    const rate = new TokenBucket(controlRate, performance.now());
    socket.on('message', (data: Buffer, isBinary) => {
      if (socket.readyState !== socket.OPEN) return;
      const message = isBinary ? null : read(data);
      const isGood = message !== null && rate.tryTake(performance.now()) && 'hello' in message !== greeted;
      if (!isGood) {
        refuse('protocol-violation');
        return;
      }
      greeted = true;
      clearTimeout(timer);
      if ('failed' in message) {
        this.#failed(line, message.failed);
        return;
      }
      this.#greet(line, message.hello).then(
        (found) => {
          instance = found;
          if (socket.readyState === socket.CLOSED) this.#disconnect(found, line);
        },
        (thrown: unknown) => refuse(thrown instanceof ForgeError ? thrown.code : 'internal'),
      );
    });
    socket.once('close', () => {
      clearTimeout(timer);
      if (instance !== null) this.#disconnect(instance, line);
    });
  }

  /** Asks a workstation for a data connection. Errors: `instance-offline`, `agent-silent`, `blender-unreachable`. */
  call(instanceId: string): Promise<WebSocket> {
    const line = this.#lines.get(instanceId);
    if (line === undefined) {
      throw new ForgeError(
        'instance-offline',
        'The workstation is not connected to the relay now.',
        'Start it, and look at the log of its agent.',
      );
    }
    // Wherever the agent comes with it, it is seen to whom it belongs; 210 bits are left to chance.
    const id = `${this.#replicas.id}${randomBytes(32).toString('base64url').slice(0, 35)}`;
    return new Promise<WebSocket>((resolve, reject) => {
      const timer = setTimeout(() => {
        settle();
        reject(
          new ForgeError(
            'agent-silent',
            `The workstation's agent did not open a connection within ${this.#limits.openMs} ms.`,
            'Try again; if it stays so, restart the workstation.',
          ),
        );
      }, this.#limits.openMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#awaited.delete(id);
      };
      this.#awaited.set(id, {
        line,
        arrived: (socket) => {
          settle();
          resolve(socket);
        },
        failed: (error) => {
          settle();
          reject(error);
        },
      });
      send(line.socket, { open: { session: id } });
    });
  }

  /** Takes the data connection of a session id, once, from the agent that was asked for it. Errors: `no-such-session`. */
  claim(sessionId: string, key: ApiKey): (socket: WebSocket) => void {
    const awaited = this.#awaited.get(sessionId);
    if (awaited?.line.key.id !== key.id) {
      throw new ForgeError(
        'no-such-session',
        'No connection of this id is awaited from this key.',
        'An agent opens only what it was just asked for.',
      );
    }
    this.#awaited.delete(sessionId);
    return awaited.arrived;
  }

  /** It is connected to another replica now. */
  moved(instanceId: string): void {
    const line = this.#lines.get(instanceId);
    if (line !== undefined) hangUp(line.socket, closeCodes.replaced, 'replaced');
  }

  /** Drops the workstations whose key no longer counts, and those that were removed. */
  async sweep(): Promise<void> {
    const lines = [...this.#lines];
    const counts = new Map<string, boolean>();
    /** By user. */
    const known = new Map<string, ReadonlySet<string>>();
    for (const [, { key }] of lines) {
      if (!counts.has(key.id)) counts.set(key.id, await this.#registry.stillCounts(key.id));
      if (known.has(key.user)) continue;
      known.set(key.user, new Set((await this.#registry.store.instancesOf(key.user)).map(({ id }) => id)));
    }
    for (const [id, { socket, key }] of lines) {
      if (counts.get(key.id) === false) hangUp(socket, closeCodes.accessEnded, 'unauthorized');
      else if (known.get(key.user)?.has(id) !== true)
        hangUp(socket, closeCodes.accessEnded, 'instance-removed');
    }
  }

  async #greet(
    line: Line,
    { instance: id, name }: { readonly instance: string; readonly name: string },
  ): Promise<Instance> {
    const { key } = line;
    const actor = await this.#registry.actor(key);
    const instance = await this.#registry.register(actor, key.user, { id, name }, () => this.online());
    await this.#registry.note(actor.who, `instance ${instance.id}`, 'agent.connect', {}, 'ok');
    this.#connect(instance, line);
    await this.#replicas.arrived(instance.id);
    send(line.socket, { welcome: { instance: instance.id, name: instance.name } });
    return instance;
  }

  #connect(instance: Instance, line: Line): void {
    const old = this.#lines.get(instance.id);
    this.#lines.set(instance.id, line);
    if (old === undefined) this.#metrics.add('agents');
    else hangUp(old.socket, closeCodes.replaced, 'replaced');
  }

  #disconnect(instance: Instance, line: Line): void {
    for (const awaited of [...this.#awaited.values()]) if (awaited.line === line) awaited.failed(agentLeft());
    if (this.#lines.get(instance.id) !== line) return;
    this.#lines.delete(instance.id);
    this.#metrics.add('agents', -1);
    Promise.resolve(this.#replicas.left(instance.id)).catch(() => undefined); // the next arrival tells it, too
    this.#registry.seen(instance.id).catch(() => undefined); // it may have been removed
  }

  #failed(
    line: Line,
    { session: id, message }: { readonly session: string; readonly message: string },
  ): void {
    const awaited = this.#awaited.get(id);
    if (awaited?.line !== line) return;
    awaited.failed(
      new ForgeError(
        'blender-unreachable',
        `The workstation is there, but its Blender cannot be reached: ${plainText(message)}`,
        'Look whether Blender runs there with the add-on started.',
      ),
    );
  }
}

function read(data: Buffer): AgentMessage | null {
  try {
    return agentMessage.safeParse(JSON.parse(data.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function send(socket: WebSocket, order: RelayOrder): void {
  socket.send(JSON.stringify(order));
}

function agentLeft(): ForgeError {
  return new ForgeError(
    'instance-offline',
    'The workstation lost its connection to the relay.',
    'Try again in a few seconds.',
  );
}
