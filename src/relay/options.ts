import type { FailurePolicy } from '../core/relay/failedLogins.ts';
import type { Replicas } from '../core/relay/replicas.ts';
import type { Rate } from '../core/relay/tokenBucket.ts';

export interface RelayLimits {
  /** New connections and requests, for each key. */
  readonly connections: Rate;
  /** Bytes in both directions of all sessions, for each key. */
  readonly bytes: Rate;
  readonly sessionsPerKey: number;
  readonly failedLogins: FailurePolicy;
  /** How long an agent may take to open a data connection, in ms. */
  readonly openMs: number;
  /** How long a control connection may take to say hello, in ms. */
  readonly helloMs: number;
  /** Between two pings; after as long again without a sign of life a connection is dropped. */
  readonly pingMs: number;
  /** Between two looks at whether keys, grants and sessions still count; leases are prolonged then, too. */
  readonly sweepMs: number;
  /** How long a lease outlasts the connection of its holder, in ms. */
  readonly leaseMs: number;
  /** A session in which its client says nothing for so long ends. */
  readonly idleMs: number;
  /** No session lasts longer. */
  readonly sessionMs: number;
}

export const defaultLimits: RelayLimits = {
  connections: { perSecond: 5, burst: 50 },
  bytes: { perSecond: 64 << 20, burst: 256 << 20 },
  sessionsPerKey: 16,
  failedLogins: { free: 3, firstDelayMs: 250, longestDelayMs: 15_000, held: 8, forgetMs: 600_000 },
  openMs: 4_000,
  helloMs: 5_000,
  pingMs: 20_000,
  sweepMs: 5_000,
  leaseMs: 20_000,
  idleMs: 3_600_000,
  sessionMs: 86_400_000,
};

/** A certificate and its key, PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export interface RelayOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Null: without TLS, which only loopback allows. */
  readonly tls: Credentials | null;
  /** By which names it may be called, beside those of loopback: others in the Host header are refused. */
  readonly hostNames: readonly string[];
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly version: string;
  readonly limits: RelayLimits;
  /** Those it shares its registry with; none where it is left out. */
  readonly replicas?: Replicas | undefined;
  /** For the operator; never a secret. */
  readonly log: (line: string) => void;
}
