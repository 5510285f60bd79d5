import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { withinDeadline } from '../adapters/transports/attempt.ts';
import { keepAlive, webSocketLimits } from '../adapters/transports/keepAlive.ts';
import { openWebSocket } from '../adapters/transports/openWebSocket.ts';
import { type Place, placeOf } from '../adapters/transports/place.ts';
import { reach } from '../adapters/transports/reach.ts';
import { secure } from '../adapters/transports/secure.ts';
import type { Trust } from '../adapters/transports/transport.ts';
import { isLoopback } from '../core/address.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import { backoffMs } from '../core/session.ts';
import {
  type AgentMessage,
  MAX_CONTROL_MESSAGE,
  MAX_RELAY_MESSAGE,
  relayPaths,
  type RelayOrder,
} from '../protocol/relay.ts';
import { reachBlender } from './blender.ts';
import { join, type Traffic } from './join.ts';
import { Metrics } from './metrics.ts';

export interface DialOutOptions {
  /** `wss://relay.example.org`; `ws://` to loopback only. */
  readonly relay: URL;
  /** Of scope `agent`: a secret. */
  readonly apiKey: string;
  /** A UUID that stays with the workstation. */
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  /** Where Blender listens. */
  readonly blender: Place;
  readonly trust?: Pick<Trust, 'fingerprint' | 'ca'> | undefined;
  /** Where proxies are looked up: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told when the relay is there (the name it knows us by), when it is lost, and of sessions. */
  readonly onNews?: ((news: DialOutNews) => void) | undefined;
  /** Where the bytes of its sessions are counted. */
  readonly traffic?: Traffic | undefined;
  /** The relay pings more often than this; silence for so long is a lost connection, in ms. */
  readonly silenceMs?: number | undefined;
  /** How often the connection of a session is pinged, in ms. */
  readonly pingMs?: number | undefined;
}

export type DialOutNews =
  | { readonly is: 'connected'; readonly name: string }
  | { readonly is: 'lost'; readonly error: ForgeError; readonly retryMs: number }
  /** A session of which nothing was heard for so long is cut. */
  | { readonly is: 'silent'; readonly silentMs: number }
  /** How many clients are joined to Blender now. */
  | { readonly is: 'sessions'; readonly count: number };

export interface DialOut {
  /** Resolves after `stop`; it never rejects, for the agent goes on trying. */
  readonly closed: Promise<void>;
  /** Ends the control connection and every session. */
  stop(): void;
}

const order: z.ZodType<RelayOrder> = z.union([
  z.object({ welcome: z.object({ instance: z.string(), name: z.string() }) }),
  z.object({ open: z.object({ session: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }) }),
]);
const defaultSilenceMs = 60_000;
/** What an agent takes on at once; the relay's own limits are narrower. */
const mostSessions = 64;

const connectMs = 10_000;

/** Keeps a workstation connected to a relay, and joins to Blender whom the relay sends. */
export function dialOut(options: DialOutOptions): DialOut {
  const agent = new DialingAgent(options);
  return { closed: agent.run(), stop: () => agent.stop() };
}

class DialingAgent {
  readonly #options: DialOutOptions;
  readonly #stopping = new AbortController();
  readonly #sessions = new Set<Duplex>();
  readonly #traffic: Traffic;

  constructor(options: DialOutOptions) {
    this.#options = options;
    this.#traffic = options.traffic ?? new Metrics(Date.now());
  }

  stop(): void {
    this.#stopping.abort();
    for (const end of this.#sessions) end.destroy();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      const error = await this.#control(() => {
        failures = 0;
      });
      if (this.#isStopped()) return;
      failures += 1;
      const retryMs = backoffMs(failures, Math.random());
      this.#options.onNews?.({ is: 'lost', error, retryMs });
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One control connection, from its beginning to its end: why it ended. */
  async #control(onWelcome: () => void): Promise<ForgeError> {
    const { instance, name, version, onNews, silenceMs = defaultSilenceMs } = this.#options;
    const { signal } = this.#stopping;
    let socket: WebSocket;
    try {
      socket = await this.#open(relayPaths.agent, MAX_CONTROL_MESSAGE);
    } catch (thrown) {
      return toForgeError(thrown, 'relay-unreachable', 'The relay cannot be reached', 'Check its address.');
    }
    const stop = (): void => socket.close(1000);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const say = (message: AgentMessage): void => socket.send(JSON.stringify(message));
    const silence = setTimeout(() => socket.terminate(), silenceMs);
    socket.on('ping', () => silence.refresh());
    socket.on('message', (data: Buffer) => {
      silence.refresh();
      const said = readOrder(data);
      if (said === null) return; // a newer relay may say more
      if ('welcome' in said) {
        onWelcome();
        onNews?.({ is: 'connected', name: said.welcome.name });
        return;
      }
      const { session } = said.open;
      this.#join(session).catch((thrown: unknown) => {
        const { code, message } = toForgeError(thrown, 'internal', 'The agent failed', '');
        if (socket.readyState === socket.OPEN)
          say({ failed: { session, code, message: message.slice(0, 1_000) } });
      });
    });
    socket.resume();
    say({ hello: { instance, name, version } });
    return new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        clearTimeout(silence);
        signal.removeEventListener('abort', stop);
        resolve(controlLost(code, reason.toString('utf8').slice(0, 120)));
      });
    });
  }

  /** Blender first: where it does not answer, no data connection is opened. Rejects before the two are joined only. */
  async #join(session: string): Promise<void> {
    if (this.#sessions.size >= mostSessions)
      throw new ForgeError(
        'too-many',
        'The workstation has as many sessions as it takes.',
        'End one of them.',
      );
    const blender = await reachBlender(this.#options.blender);
    this.#sessions.add(blender);
    this.#tellSessions();
    const leave = (): void => {
      this.#sessions.delete(blender);
      this.#tellSessions();
    };
    let socket: WebSocket;
    try {
      socket = await this.#open(`${relayPaths.session}${session}`, MAX_RELAY_MESSAGE);
    } catch (thrown) {
      blender.destroy();
      leave();
      throw thrown;
    }
    const { onNews, pingMs = webSocketLimits.pingMs } = this.#options;
    keepAlive(socket, pingMs, (silentMs) => onNews?.({ is: 'silent', silentMs }));
    join(socket, blender, this.#traffic);
    socket.resume();
    void Promise.all([closed(socket), closed(blender)]).then(leave);
  }

  /** The other end is known to be the relay before the key is sent. */
  async #open(path: string, maxPayload: number): Promise<WebSocket> {
    const { relay, apiKey, trust = {}, env = process.env } = this.#options;
    const isSecure = relay.protocol === 'wss:';
    const place = placeOf(relay, isSecure ? 443 : 80);
    if (!isSecure && !isLoopback(place.host)) throw tlsRequired();
    const within = { timeoutMs: connectMs, signal: this.#stopping.signal };
    const headers = { authorization: `Bearer ${apiKey}` };
    const socket = await withinDeadline(relay.host, within, async (until) => {
      const plain = await reach(place, env, until);
      const below = isSecure ? await secure(plain, place.host, trust, until) : plain;
      return openWebSocket(new URL(path, relay), below, { headers, maxPayload }, until, {
        refused: (status) => refused(relay, status),
        broken: (reason) => unreachable(relay, reason),
      });
    });
    return socket.on('error', () => undefined); // a close follows
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #tellSessions(): void {
    this.#options.onNews?.({ is: 'sessions', count: this.#sessions.size });
  }
}

function closed(end: WebSocket | Duplex): Promise<unknown> {
  const isOver = 'closed' in end ? end.closed : end.readyState === end.CLOSED;
  return isOver ? Promise.resolve() : new Promise((resolve) => end.once('close', resolve));
}

function readOrder(data: Buffer): RelayOrder | null {
  try {
    return order.safeParse(JSON.parse(data.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function refused({ host }: URL, status: number): ForgeError {
  return new ForgeError(
    'relay-refused',
    `The relay at ${host} refused the agent (HTTP ${status}).`,
    status === 401 || status === 403
      ? 'Set an API key of scope agent that is neither expired nor revoked.'
      : "Check the relay's address; the agent goes on trying.",
  );
}

function unreachable({ host }: URL, reason: string): ForgeError {
  return new ForgeError(
    'relay-unreachable',
    `There is no WebSocket at ${host} (${reason}).`,
    "Check the relay's address; the agent goes on trying.",
  );
}

function controlLost(code: number, reason: string): ForgeError {
  return new ForgeError(
    'relay-lost',
    `The relay ended the connection (${code}${reason === '' ? '' : `, ${reason}`}).`,
    reason === 'instance-refused' || reason === 'unauthorized'
      ? 'Give this workstation an id of its own and a key that counts.'
      : 'The agent connects again by itself.',
  );
}

function tlsRequired(): ForgeError {
  return new ForgeError(
    'tls-required',
    'The API key would cross the network in the clear.',
    'Write the address of the relay with wss://.',
  );
}
