import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import type {
  BlenderEndpoint,
  BlenderPort,
  CallOptions,
  FileRoot,
  PeerInfo,
  RemoteFile,
} from '../../core/ports.ts';
import { disconnected, session, type SessionEvent, type SessionState } from '../../core/session.ts';
import { deadlines as defaults, type Deadlines } from '../../core/wire/deadlines.ts';
import { dial } from './dial.ts';
import { CommandLibrary } from './library.ts';
import { cancelled, wasNotSent, type Link, type PartialFile } from './link.ts';

export interface ConnectOptions {
  /** Who we say we are in the hello: name/version. */
  readonly client: string;
  /** The folder `blender-addon/avatar_forge`; read when a stock add-on answers, to ship the command library to it. */
  readonly library: string;
  /** Told of every change: for views and logs. */
  readonly onState?: ((state: SessionState) => void) | undefined;
  readonly deadlines?: Partial<Deadlines> | undefined;
  /** Where the proxy of a tunnel is looked up; the process's own where it is left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * A Blender at an endpoint. Returns at once: the first call connects and finds out which dialect is spoken there; after a
 * broken connection the next call connects again. The endpoint may be a function, asked before every connect, so that a
 * workstation can be started on demand (`() => workstation.launch()`).
 */
export function connectBlender(
  endpoint: BlenderEndpoint | (() => Promise<BlenderEndpoint>),
  options: ConnectOptions,
): BlenderPort {
  return new BlenderClient(
    typeof endpoint === 'function' ? endpoint : () => Promise.resolve(endpoint),
    options,
  );
}

/** How often a transfer is taken up again where it broke, before its error is the caller's. */
const transferTries = 4;

class BlenderClient implements BlenderPort {
  readonly #endpoint: () => Promise<BlenderEndpoint>;
  readonly #options: ConnectOptions;
  readonly #library: CommandLibrary;
  readonly #closing = new AbortController();
  #state: SessionState = disconnected;
  #link: Link | null = null;
  #wasLost = false;
  /** One attempt serves everybody who waits for a connection. */
  #connecting: Promise<Link> | null = null;

  constructor(endpoint: () => Promise<BlenderEndpoint>, options: ConnectOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#library = new CommandLibrary(options.library);
  }

  call(method: string, params: Record<string, unknown>, options: CallOptions = {}): Promise<unknown> {
    return this.#withLink(options.retry === true ? 2 : 1, options, (link) =>
      link.call(method, params, options),
    );
  }

  describe(): Promise<PeerInfo> {
    return this.#withLink(1, {}, (link) => Promise.resolve(link.peer));
  }

  readFile(root: FileRoot, name: string, options: CallOptions = {}): Promise<Uint8Array> {
    const partial: PartialFile = { assembly: null };
    return this.#withLink(transferTries, options, (link) => link.readFile({ root, name }, partial, options));
  }

  writeFile(root: FileRoot, name: string, bytes: Uint8Array, options: CallOptions = {}): Promise<RemoteFile> {
    return this.#withLink(transferTries, options, (link) => link.writeFile({ root, name }, bytes, options));
  }

  close(): Promise<void> {
    this.#to({ type: 'close' });
    this.#closing.abort();
    this.#link?.close();
    return Promise.resolve();
  }

  async #withLink<T>(tries: number, options: CallOptions, work: (link: Link) => Promise<T>): Promise<T> {
    for (let left = tries; ;) {
      const link = this.#link ?? (await this.#connected(options.signal));
      try {
        return await work(link);
      } catch (thrown) {
        if (this.#state.is === 'closed') throw thrown;
        if (wasNotSent(thrown)) continue;
        left -= 1;
        if (left === 0 || !isWorthRepeating(thrown)) throw thrown;
      }
    }
  }

  #connected(signal: AbortSignal | undefined): Promise<Link> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return signal === undefined ? this.#connecting : unlessAborted(this.#connecting, signal);
  }

  /** Tries twice after a lost connection: a Blender that has just ended may still be on its way out, or up again. */
  async #connect(): Promise<Link> {
    const wasLost = this.#wasLost;
    this.#wasLost = false;
    try {
      return await this.#tryToConnect();
    } catch (thrown) {
      if (wasLost && codeOf(thrown) === 'blender-unreachable') return this.#tryToConnect();
      throw thrown;
    }
  }

  async #tryToConnect(): Promise<Link> {
    if (this.#state.is === 'closed') throw closedHere();
    const { signal } = this.#closing;
    try {
      if (this.#state.is === 'waiting')
        await sleep(Math.max(0, this.#state.retryAtMs - Date.now()), undefined, { signal });
      this.#to({ type: 'connect' });
      const link = await this.#dial(signal);
      this.#link = link;
      this.#to({ type: 'connected', peer: link.peer });
      return link;
    } catch (thrown) {
      if (signal.aborted) throw closedHere();
      const error = toForgeError(thrown, 'internal', 'Connecting failed', 'Please report it.');
      this.#to({ type: 'failed', code: error.code, nowMs: Date.now(), random: Math.random() });
      throw error;
    }
  }

  async #dial(signal: AbortSignal): Promise<Link> {
    const { client, deadlines, env } = this.#options;
    let isGone = false;
    const hasEnded = (): boolean => isGone;
    const link = await dial(await this.#endpoint(), {
      client,
      library: this.#library,
      deadlines: { ...defaults, ...deadlines },
      env,
      signal,
      onGone: () => {
        isGone = true;
        this.#wasLost = true;
        this.#link = null;
        this.#to({ type: 'lost' });
      },
    });
    if (signal.aborted) link.close();
    if (hasEnded()) {
      throw new ForgeError(
        'blender-gone',
        'Blender ended the connection right after it began.',
        'Look whether Blender still runs, then call again.',
      );
    }
    return link;
  }

  #to(event: SessionEvent): void {
    const next = session(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onState?.(next);
  }
}

function isWorthRepeating(thrown: unknown): boolean {
  return ['blender-gone', 'hash-mismatch'].includes(codeOf(thrown));
}

function codeOf(thrown: unknown): string {
  return thrown instanceof ForgeError ? thrown.code : '';
}

function closedHere(): ForgeError {
  return new ForgeError('blender-gone', 'The connection to Blender was closed here.', 'Connect again.');
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelled('connecting'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
