import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError } from '../core/errors.ts';
import { clientAddress, trustedProxies } from './clientAddress.ts';
import { FailedLogins } from '../core/relay/failedLogins.ts';
import { bearerOf } from '../core/relay/keys.ts';
import type { ApiKey } from '../core/relay/records.ts';
import type { Registry } from '../core/relay/registry.ts';
import { TokenBucket } from '../core/relay/tokenBucket.ts';
import type { Metrics } from './metrics.ts';
import type { RelayLimits } from './options.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

interface Buckets {
  readonly connections: TokenBucket;
  readonly bytes: TokenBucket;
}

export interface DoorOptions {
  readonly hostNames: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly loopback: boolean;
  readonly limits: RelayLimits;
}

/** Who may come in at all: the same for requests and for WebSockets. */
export class Door {
  readonly #registry: Registry;
  readonly #metrics: Metrics;
  readonly #limits: RelayLimits;
  readonly #hosts: ReadonlySet<string>;
  readonly #trusted: BlockList;
  readonly #failed: FailedLogins;
  readonly #buckets = new Map<string, Buckets>();
  readonly #closing = new AbortController();

  constructor(
    registry: Registry,
    metrics: Metrics,
    { hostNames, loopback, limits, trustedProxies: proxies }: DoorOptions,
  ) {
    this.#registry = registry;
    this.#metrics = metrics;
    this.#limits = limits;
    this.#hosts = new Set([
      ...hostNames.map((name) => name.toLowerCase()),
      ...(loopback ? loopbackNames : []),
    ]);
    this.#trusted = trustedProxies(proxies);
    this.#failed = new FailedLogins(limits.failedLogins);
  }

  /** Web pages have no business here: one that was lured onto this address names itself. Errors: `foreign-host`, `foreign-origin`. */
  checkOrigin({ headers }: IncomingMessage): void {
    const { host = '', origin } = headers;
    if (!this.#hosts.has(hostName(host))) {
      throw new ForgeError(
        'foreign-host',
        'The relay is not called by this name.',
        'Use its own name; its operator adds further ones with --host-name.',
      );
    }
    if (origin !== undefined && URL.parse(origin)?.host !== host.toLowerCase())
      throw new ForgeError(
        'foreign-origin',
        'Web pages may not use the relay.',
        'Use Avatar Forge or a program.',
      );
  }

  /** The key of a request. Errors: `unauthorized` (after a while), `too-many-failures`, `too-fast`. */
  async admit(request: IncomingMessage): Promise<ApiKey> {
    const key = await this.#authenticate(request);
    if (!this.#bucketsOf(key).connections.tryTake(performance.now())) {
      throw new ForgeError(
        'too-fast',
        'This key opens connections faster than the relay allows.',
        'Wait a few seconds.',
      );
    }
    return key;
  }

  /** Counts bytes of a key's sessions; for how many ms its next ones have to wait. */
  spend(key: ApiKey, bytes: number): number {
    return this.#bucketsOf(key).bytes.spend(bytes, performance.now());
  }

  /** Forgets what is as if it were new. */
  sweep(): void {
    const now = performance.now();
    for (const [id, { connections, bytes }] of this.#buckets)
      if (connections.isFull(now) && bytes.isFull(now)) this.#buckets.delete(id);
  }

  /** Answers at once those who are made to wait. */
  close(): void {
    this.#closing.abort();
  }

  async #authenticate({ headers, socket }: IncomingMessage): Promise<ApiKey> {
    const address = clientAddress(socket.remoteAddress, headers['x-forwarded-for'], this.#trusted);
    const secret = bearerOf(headers.authorization);
    try {
      return await this.#registry.authenticate(secret);
    } catch (refusal) {
      this.#metrics.add('login_failures_total');
      const waitMs = this.#failed.failed(address, performance.now());
      if (waitMs === null) {
        throw new ForgeError(
          'too-many-failures',
          'Too many keys from this address did not count.',
          'Wait a minute, then use a key that does.',
        );
      }
      try {
        await this.#registry.noteFailedLogin(secret, address);
        await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      } finally {
        this.#failed.answered(address);
      }
      throw refusal;
    }
  }

  #bucketsOf({ id }: ApiKey): Buckets {
    const known = this.#buckets.get(id);
    if (known !== undefined) return known;
    const now = performance.now();
    const fresh = {
      connections: new TokenBucket(this.#limits.connections, now),
      bytes: new TokenBucket(this.#limits.bytes, now),
    };
    this.#buckets.set(id, fresh);
    return fresh;
  }
}

/** Without the port. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
