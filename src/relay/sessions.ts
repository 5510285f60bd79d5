import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { ForgeError } from '../core/errors.ts';
import { AllowListGate } from '../core/relay/gate.ts';
import { leaseHolder, takeLease } from '../core/relay/leases.ts';
import type { ApiKey, Instance } from '../core/relay/records.ts';
import type { Registry } from '../core/relay/registry.ts';
import type { Replicas } from '../core/relay/replicas.ts';
import { plainText } from '../core/untrusted.ts';
import { closeCodes } from '../protocol/relay.ts';
import type { Door } from './door.ts';
import { hangUp } from './heartbeat.ts';
import type { Metrics } from './metrics.ts';
import type { RelayLimits } from './options.ts';
import { splice } from './splice.ts';
import type { Switchboard } from './switchboard.ts';

/** Of the methods that are refused at once, so many have a line of audit each; the rest share one. */
const mostNamed = 5;
/** To read a message for an allow-list takes time, however small it is: it counts as so many bytes. */
const leastPerMessage = 1_024;

/** A client that has its place at an instance, and the data connection to it. */
export class Session {
  readonly id = randomUUID();
  readonly key: ApiKey;
  readonly instance: Instance;
  readonly holder: string;
  readonly startedAt = Date.now();
  lastHeardAt = this.startedAt;
  bytes = 0;
  /** Null while the agent is being asked. */
  agent: WebSocket | null = null;
  client: WebSocket | null = null;
  /** False: the client's connection broke, and it may be back. */
  leftInOrder = true;
  outcome = 'ok';

  constructor(key: ApiKey, instance: Instance, client: string) {
    this.key = key;
    this.instance = instance;
    this.holder = leaseHolder(key.id, client);
  }

  /** Ends it, for a reason that both sides and the audit are told. */
  end(code: number, reason: string): void {
    this.outcome = reason;
    for (const socket of [this.client, this.agent]) if (socket !== null) hangUp(socket, code, reason);
  }
}

export interface SessionsParts {
  readonly registry: Registry;
  readonly switchboard: Switchboard;
  readonly replicas: Replicas;
  readonly door: Door;
  readonly metrics: Metrics;
  readonly limits: RelayLimits;
  readonly log: (line: string) => void;
}

/** The sessions of clients with workstations: who may begin one, what passes, when it ends. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #live = new Set<Session>();
  readonly #running = new Set<Promise<void>>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /**
   * A session with an instance by its name or id, up to the data connection; {@link finish} it in any case. Errors:
   * `no-such-instance`, `instance-ambiguous`, `instance-busy`, `instance-offline`, `agent-silent`, `blender-unreachable`,
   * `too-many`.
   */
  async begin(key: ApiKey, reference: string, client: string): Promise<Session> {
    const { registry, switchboard } = this.#parts;
    const { who } = await registry.actor(key);
    let session: Session | null = null;
    try {
      session = await this.#reserve(key, await registry.find(key.user, reference), client);
      const { instance, holder } = session;
      await takeLease(registry.store, instance, holder, Date.now(), this.#parts.limits.leaseMs);
      session.agent = await switchboard.call(instance.id);
      await registry.note(who, `instance ${instance.id}`, 'session.open', { client }, 'ok');
      this.#parts.metrics.add('sessions_total');
      return session;
    } catch (thrown) {
      if (session !== null) await this.#forget(session);
      const outcome = thrown instanceof ForgeError ? thrown.code : 'internal';
      const where = `instance ${plainText(reference).slice(0, 100)}`;
      await registry.note(who, where, 'session.open', { client }, outcome);
      throw thrown;
    }
  }

  /** Joins the client to the workstation until either leaves. */
  run(session: Session, client: WebSocket): void {
    const running = this.#join(session, client)
      .finally(() => this.finish(session))
      .catch((thrown: unknown) => this.#parts.log(`session: ${String(thrown)}`))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #join(session: Session, client: WebSocket): Promise<void> {
    const { door, metrics, registry, log } = this.#parts;
    const { agent, key, instance } = session;
    if (agent === null) throw new Error('a session without a data connection');
    session.client = client;
    client.once('close', (code) => {
      session.leftInOrder = code !== 1006;
    });
    const { who } = await registry.actor(key);
    await splice({
      client,
      agent,
      gate: key.allow === null ? null : new AllowListGate(key.allow),
      meter: (direction, bytes, read) => {
        session.bytes += bytes;
        if (direction === 'toBlender') session.lastHeardAt = Date.now();
        metrics.add(direction === 'toBlender' ? 'bytes_to_blender_total' : 'bytes_to_client_total', bytes);
        return door.spend(key, Math.max(bytes, read * leastPerMessage));
      },
      onRefused: (methods) => {
        this.#noteRefused(who, instance, methods).catch((thrown: unknown) => {
          log(`audit: ${String(thrown)}`);
          session.end(closeCodes.badMessage, 'audit-failed');
        });
      },
      onViolation: (thrown) => {
        session.end(closeCodes.badMessage, thrown instanceof ForgeError ? thrown.code : 'internal');
      },
    });
  }

  async #noteRefused(who: string, { id }: Instance, methods: readonly string[]): Promise<void> {
    const { registry } = this.#parts;
    const distinct = [...new Set(methods)];
    const rest = distinct.slice(mostNamed);
    const note = (params: object, text: string): Promise<void> =>
      registry.note(who, `instance ${id}`, 'call', params, 'not-allowed', text);
    for (const method of distinct.slice(0, mostNamed))
      await note({ method }, plainText(method).slice(0, 100));
    if (rest.length > 0) await note({ methods: rest }, `and ${rest.length} more`);
  }

  /** Gives its place back and writes it to the audit. */
  async finish(session: Session): Promise<void> {
    if (!this.#live.has(session)) return;
    const { registry } = this.#parts;
    const forgotten = this.#forget(session);
    for (const socket of [session.client, session.agent]) if (socket !== null) hangUp(socket, 1000, '');
    await forgotten;
    const { who } = await registry.actor(session.key);
    const where = `instance ${session.instance.id}`;
    const ms = Date.now() - session.startedAt;
    await registry.note(who, where, 'session.close', {}, session.outcome, `${session.bytes} bytes`, ms);
  }

  /** The ids of the instances that somebody works with. */
  busy(): ReadonlySet<string> {
    return new Set([...this.#live].map(({ instance }) => instance.id));
  }

  /** Ends what may not go on, and prolongs the leases of what may. */
  async sweep(): Promise<void> {
    const { registry, limits } = this.#parts;
    const now = Date.now();
    for (const session of [...this.#live]) {
      const { key, instance, holder } = session;
      if (!(await registry.stillCounts(key.id)) || !(await registry.mayReach(key.user, instance.id))) {
        session.end(closeCodes.accessEnded, 'access-ended');
      } else if (now - session.lastHeardAt > limits.idleMs) {
        session.end(closeCodes.timedOut, 'session-idle');
      } else if (now - session.startedAt > limits.sessionMs) {
        session.end(closeCodes.timedOut, 'session-too-long');
      } else if ((await registry.store.lease(instance.id))?.holder === holder) {
        await registry.store.takeLease({ instance: instance.id, holder, until: now + limits.leaseMs }, now);
      }
    }
  }

  /** Resolves when none is left. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  endAll(code: number, reason: string): void {
    for (const session of this.#live) session.end(code, reason);
  }

  async #reserve(key: ApiKey, instance: Instance, client: string): Promise<Session> {
    const { limits, metrics, replicas } = this.#parts;
    const session = new Session(key, instance, client);
    if (!(await replicas.admit(session.id, key.id, limits.sessionsPerKey)))
      throw new ForgeError('too-many', 'This key has as many sessions as it may have.', 'End one of them.');
    this.#live.add(session);
    metrics.add('sessions');
    return session;
  }

  async #forget(session: Session): Promise<void> {
    const { registry, metrics, replicas } = this.#parts;
    const { instance, holder, outcome } = session;
    this.#live.delete(session);
    metrics.add('sessions', -1);
    await replicas.release(session.id);
    const stays = [...this.#live].some((it) => it.holder === holder && it.instance.id === instance.id);
    // Who is thrown out may not come back into the place; who was cut off keeps it for a while, by the lease's own end.
    if (!stays && (outcome !== 'ok' || session.leftInOrder))
      await registry.store.dropLease(instance.id, holder);
  }
}
