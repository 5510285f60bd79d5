import { randomUUID } from 'node:crypto';
import { bareHost } from '../../core/address.ts';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import { cancelled, noWay, sessionGone, startSlow } from '../../core/kasm/errors.ts';
import { phaseOf } from '../../core/kasm/states.ts';
import { type OtherWays, tokenOfPage, type TriedWay, waysTo } from '../../core/kasm/ways.ts';
import { plainText } from '../../core/untrusted.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Tunnel } from '../../protocol/control.ts';
import type { KasmStatus } from './answers.ts';
import type { KasmApi } from './kasmApi.ts';
import { Ender } from './ender.ts';
import { type Found, Launcher } from './launcher.ts';
import { pause } from './pause.ts';
import { KasmMemories, type SessionStore } from './sessionStore.ts';

export interface KasmWorkstationOptions extends OtherWays {
  readonly api: KasmApi;
  readonly store: SessionStore;
  /** Name or id of the image. */
  readonly image: string;
  /** Name or id of the user whose session it is. */
  readonly user: string;
  /** Speaks with Blender by this way and hangs up; rejects where it leads nowhere, or to somebody else. */
  readonly tryWay: (endpoint: BlenderEndpoint, signal: AbortSignal) => Promise<void>;
  /** `launched`: the session exists. `listening`: its Blender can be reached. */
  readonly onStage?: ((stage: 'launched' | 'listening') => void) | undefined;
  /** What goes on, a line each; without secrets. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Between two looks at a state that is waited for, in ms. */
  readonly pollMs?: number | undefined;
  /** How long a session may take until it runs: a node may have to fetch the image first. */
  readonly startMs?: number | undefined;
  /** How long the agent may take once the session runs. */
  readonly reachMs?: number | undefined;
  /** Without a client for so long, the agent saves and ends; 0: never. */
  readonly idleMinutes?: number | undefined;
  /** How long a session may take until it is gone: 20 s. */
  readonly destroyMs?: number | undefined;
  /** How long after a launch without an answer its session may still come up in the list. */
  readonly settleMs?: number | undefined;
}

/** Kasm lets go of a session that nobody kept alive for an hour, where the administrator has set nothing else. */
export const keepAliveEveryMs = 300_000;
/** How often a window notes for the others that it is used. */
const noteEveryMs = 15_000;
/** Longer than any workstation may be idle. */
const forgetAfterMs = 8 * 86_400_000;

/**
 * One workstation in a Kasm session. `launch` finds the session it had before, resumes one that sleeps, or asks for one: never
 * for a second. What it rejects with is a ForgeError `kasm-…` and holds no secret.
 */
export class KasmWorkstation {
  readonly #options: KasmWorkstationOptions;
  readonly #api: KasmApi;
  readonly #memories: KasmMemories;
  readonly #launcher: Launcher;
  readonly #ender: Ender;
  #launching: Promise<BlenderEndpoint> | null = null;
  #destroying: Promise<void> | null = null;
  #cancel = new AbortController();
  #current: Found | null = null;
  #page: string | null = null;
  #trace: readonly TriedWay[] = [];
  #aliveAtMs = 0;
  /** Among the windows that share the session. */
  readonly #window = randomUUID();
  #notedMs = 0;

  constructor(options: KasmWorkstationOptions) {
    this.#options = options;
    this.#api = options.api;
    this.#memories = new KasmMemories(options.store);
    this.#launcher = new Launcher({ ...options, memories: this.#memories, pollMs: this.#pollMs });
    this.#ender = new Ender({ ...options, memories: this.#memories, pollMs: this.#pollMs });
  }

  /** The page of the session, which lets in who has its address: a secret. Null while none is known. */
  get page(): string | null {
    return this.#page;
  }

  /** The ways that were tried last, in order. */
  get trace(): readonly TriedWay[] {
    return this.#trace;
  }

  /** Brings the session up, or finds it up. Everybody who asks meanwhile gets the same. */
  launch(): Promise<BlenderEndpoint> {
    this.#launching ??= this.#launch().finally(() => (this.#launching = null));
    return this.#launching;
  }

  /**
   * Tells Kasm that somebody works, at most every {@link keepAliveEveryMs}, and the other windows when that was; call it only while
   * somebody does. Error: `kasm-usage-reached`.
   */
  async keepAlive(usedAtMs: number, nowMs = Date.now()): Promise<void> {
    if (this.#current === null) return;
    if (usedAtMs - this.#notedMs >= noteEveryMs) await this.#noteUse(usedAtMs);
    if (nowMs - this.#aliveAtMs < keepAliveEveryMs) return;
    this.#aliveAtMs = nowMs;
    const { usageReached } = await this.#api.keepAlive(this.#current.kasmId, this.#cancel.signal);
    if (!usageReached) return;
    throw new ForgeError(
      'kasm-usage-reached',
      'This user has used up the time that Kasm grants; the session will end.',
      'Export what you need now, and ask the administrator of Kasm for more time.',
    );
  }

  /** Whether another window has worked with the session for the last so many ms: then it is not ours to put away. */
  async isUsedElsewhere(withinMs: number, nowMs = Date.now()): Promise<boolean> {
    const { used } = await this.#memories.load();
    const sinceMs = nowMs - withinMs - noteEveryMs;
    return Object.entries(used).some(([window, atMs]) => window !== this.#window && atMs > sinceMs);
  }

  /** Remembers what was saved of the scene, a name in `projects/`, for the session after this one. */
  async keepProject(name: string): Promise<void> {
    const kasmId = this.#current?.kasmId;
    if (kasmId === undefined) return;
    await this.#memories.change((memory) => ({ ...memory, project: { name, kasmId } }));
  }

  /** What the session that was launched last is to go on with, told once; null: nothing, or it has its scene still. */
  async takeProject(): Promise<string | null> {
    return this.#current === null ? null : this.#memories.takeProject(this.#current.kasmId);
  }

  /** Keeps its memory, gives its processor back. On Kubernetes Kasm says `paused` of a session that goes on running. */
  async pause(): Promise<void> {
    const session = await this.#known();
    if (session === null) return;
    await this.#api.pause(session.kasmId, session.userId);
    const isAsleep = ({ status }: KasmStatus): Promise<true | null> =>
      Promise.resolve(phaseOf(status) === 'asleep' ? true : null);
    await this.#poll(session, this.#options.destroyMs ?? 20_000, this.#cancel.signal, isAsleep);
  }

  /** Ends the session and sees that it went. Error: `kasm-destroy-stuck`; it is tried again at the next launch. */
  destroy(): Promise<void> {
    this.#destroying ??= this.#destroy().finally(() => (this.#destroying = null));
    return this.#destroying;
  }

  get #pollMs(): number {
    return this.#options.pollMs ?? 2_000;
  }

  async #launch(): Promise<BlenderEndpoint> {
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    await this.#destroying?.catch(() => undefined);
    await this.#ender.endLeftovers();
    const { session, how } = await this.#launcher.find(signal);
    this.#current = session;
    this.#setPage(session.page);
    this.#options.onStage?.('launched');
    try {
      const status = await this.#running(session, signal);
      const endpoint = await this.#reach(session, status, signal);
      this.#aliveAtMs = Date.now();
      await this.#noteUse(this.#aliveAtMs);
      this.#options.onStage?.('listening');
      return endpoint;
    } catch (thrown) {
      // Nobody has worked in it and nobody waits for it, so it must not stay behind. Told is what happened first.
      if (how === 'new' && !signal.aborted) await this.#end(session).catch(() => undefined);
      if (how === 'found' && isCode(thrown, 'kasm-no-way')) await this.#forget(session); // not ours, by its token
      throw thrown;
    }
  }

  async #running(session: Found, signal: AbortSignal): Promise<KasmStatus> {
    let heard = '';
    let resumed = false;
    return this.#poll(session, this.#options.startMs ?? 600_000, signal, async (status) => {
      const words = [status.status, status.message].filter((word) => word !== null && word !== '').join(': ');
      if (words !== heard) this.#options.onLine?.(`kasm: ${plainText(words, 200)}`);
      heard = words;
      const phase = phaseOf(status.status);
      if (phase === 'running') return status;
      if (phase === 'going') await this.#forgetGone(session);
      if (phase === 'asleep' && !resumed) {
        resumed = true;
        await this.#api.resume(session.kasmId, session.userId, signal);
      }
      return null;
    });
  }

  async #forgetGone(session: Found): Promise<never> {
    await this.#forget(session);
    throw sessionGone();
  }

  /** Looks at the status until `look` has a result. Errors: `kasm-start-slow`, `cancelled`. */
  async #poll<T>(
    session: Found,
    withinMs: number,
    signal: AbortSignal,
    look: (status: KasmStatus) => Promise<T | null>,
  ): Promise<T> {
    for (const end = Date.now() + withinMs; ;) {
      const status = await this.#api.status(session.kasmId, session.userId, signal);
      if (status.page !== null) this.#setPage(status.page);
      const found = await look(status);
      if (found !== null) return found;
      if (Date.now() > end) throw startSlow(status.status, withinMs);
      await pause(this.#pollMs, signal);
    }
  }

  async #reach(session: Found, status: KasmStatus, signal: AbortSignal): Promise<BlenderEndpoint> {
    const { username, agentToken, blenderToken } = session;
    const { containerIp, desktop, page } = status;
    const sessionToken = tokenOfPage(page) ?? session.sessionToken; // Kasm may have given it a new one
    const facts = { origin: this.#api.origin, username, sessionToken, desktop, containerIp, agentToken };
    const candidates = waysTo(facts, this.#options);
    for (const end = Date.now() + (this.#options.reachMs ?? 90_000); ;) {
      const trace: TriedWay[] = [];
      for (const { way, tunnel, why } of candidates) {
        const endpoint = tunnel === null ? null : endpointAt(tunnel, blenderToken);
        const tried = endpoint === null ? { outcome: why } : await this.#outcome(endpoint, signal);
        trace.push({ way, ...tried });
        this.#trace = [...trace];
        if (endpoint === null || tried.outcome !== 'reached') continue;
        this.#options.onLine?.(`kasm: reached Blender by the way “${way}”`);
        return endpoint;
      }
      if (Date.now() > end || candidates.every(({ tunnel }) => tunnel === null)) throw noWay(trace);
      await pause(this.#pollMs, signal);
    }
  }

  async #outcome(endpoint: BlenderEndpoint, signal: AbortSignal): Promise<Omit<TriedWay, 'way'>> {
    try {
      await this.#options.tryWay(endpoint, signal);
      return { outcome: 'reached' };
    } catch (thrown) {
      if (signal.aborted) throw cancelled();
      const { code, message, next } = toForgeError(thrown, 'unreachable', 'It failed', 'Try again.');
      return { outcome: code, failure: { message, next } };
    }
  }

  async #destroy(): Promise<void> {
    this.#cancel.abort();
    await this.#launching?.catch(() => undefined);
    const session = await this.#known();
    this.#page = null;
    if (session !== null) await this.#end(session);
  }

  async #end(session: Found): Promise<void> {
    this.#current = null;
    await this.#ender.end(session);
  }

  /** The session of this object, or of the one before it; one whose launch is unanswered is looked for. */
  async #known(): Promise<Found | null> {
    return this.#current ?? (await this.#launcher.recall());
  }

  async #noteUse(atMs: number): Promise<void> {
    this.#notedMs = atMs;
    await this.#memories.change((memory) => {
      const others = Object.entries(memory.used).filter(([, one]) => atMs - one < forgetAfterMs);
      return { ...memory, used: { ...Object.fromEntries(others), [this.#window]: atMs } };
    });
  }

  async #forget(session: Found): Promise<void> {
    this.#current = null;
    await this.#memories.change((memory) => ({
      ...memory,
      session: memory.session?.agentToken === session.agentToken ? null : memory.session,
    }));
  }

  #setPage(page: string | null): void {
    const url = page === null ? null : URL.parse(page, this.#api.origin);
    if (url?.origin === this.#api.origin) this.#page = url.href;
  }
}

function endpointAt(tunnel: Tunnel, token: string): BlenderEndpoint {
  const { hostname, port } = new URL(tunnel.url);
  return { host: bareHost(hostname), port: port === '' ? 443 : Number(port), token, tunnel };
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof ForgeError && thrown.code === code;
}
