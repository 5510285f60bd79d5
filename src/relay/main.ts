import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { findInstallation } from '../adapters/home.ts';
import { SqliteStore } from '../adapters/relay/sqliteStore.ts';
import type { RelayStore } from '../core/relay/records.ts';
import { makeSelfSigned } from '../adapters/selfSigned.ts';
import { type AuditLine, firstBreak } from '../core/audit.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import { type Actor, Registry } from '../core/relay/registry.ts';
import { type Credentials, defaultLimits } from './options.ts';
import { Relay } from './relay.ts';
import { checkReplicaUrl } from './replicaUrl.ts';

export interface ServeFlags {
  /** A file, or `postgres://…` for several replicas: that may hold a password. */
  readonly database: string;
  /** Where the other replicas reach this one; its own address where it is left out. */
  readonly replicaUrl?: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly hostNames: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly selfSigned: boolean;
}

const selfSignedDays = 30;

/** Serves until a signal ends the process. Errors: those of {@link Relay.listen}, `relay-database`, `bad-certificate`, `bad-config`. */
export async function serveRelay(flags: ServeFlags, log: (line: string) => void): Promise<void> {
  const { host, port, hostNames, trustedProxies } = flags;
  const tls = await credentials(flags, log);
  const { replicaUrl: given } = flags;
  const replicaUrl = given === undefined ? undefined : checkReplicaUrl(given, tls !== null);
  const { version } = findInstallation(import.meta.dirname);
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  if (isPostgres(flags.database)) {
    await serveReplica({ ...flags, replicaUrl }, tls, version, ended, log);
    return;
  }
  const store = await SqliteStore.open(flags.database);
  try {
    const relay = await Relay.listen(store, {
      host,
      port,
      tls,
      hostNames,
      trustedProxies,
      version,
      limits: defaultLimits,
      log,
    });
    log(`Avatar Forge relay ${version} at ${relay.url}`);
    await ended;
    await relay.close();
  } finally {
    store.close();
  }
}

/** One of several relays on the same PostgreSQL. */
async function serveReplica(
  flags: ServeFlags,
  tls: Credentials | null,
  version: string,
  ended: Promise<unknown>,
  log: (line: string) => void,
): Promise<void> {
  const { database, host, port, hostNames, trustedProxies } = flags;
  const { PostgresStore } = await import('../adapters/relay/postgresStore.ts'); // loaded on use
  const { PostgresReplicas } = await import('../adapters/relay/postgresReplicas.ts');
  const store = await PostgresStore.open(database);
  const fingerprint =
    tls === null ? null : new X509Certificate(tls.cert).fingerprint256.replaceAll(':', '').toLowerCase();
  const replicas = new PostgresReplicas(store, database, fingerprint);
  const limits = defaultLimits;
  try {
    const relay = await Relay.listen(store, {
      host,
      port,
      tls,
      hostNames,
      trustedProxies,
      version,
      limits,
      log,
      replicas,
    });
    await replicas.join(flags.replicaUrl ?? relay.url, relay.news);
    log(`Avatar Forge relay ${version} at ${relay.url}, replica ${replicas.id}`);
    await ended;
    await relay.close();
    await replicas.leave();
  } finally {
    await store.close();
  }
}

function isPostgres(database: string): boolean {
  return /^postgres(ql)?:/.test(database);
}

async function openStore(
  database: string,
): Promise<RelayStore & { readonly close: () => void | Promise<void> }> {
  if (!isPostgres(database)) return SqliteStore.open(database);
  return (await import('../adapters/relay/postgresStore.ts')).PostgresStore.open(database);
}

/** Runs a piece of administration on the database file; a relay that serves from it takes the change up by itself. */
export async function administer<T>(
  database: string,
  person: string,
  work: (registry: Registry, actor: Actor) => T | Promise<T>,
): Promise<T> {
  const store = await openStore(database);
  try {
    return await work(new Registry(store, () => Date.now()), { who: `person ${person}`, user: null });
  } finally {
    await store.close();
  }
}

export interface AuditVerdict {
  readonly lines: number;
  /** The number of the first line that does not follow from the one before; null: the chain is whole. */
  readonly firstBreak: number | null;
  /** The hash of the last line: kept elsewhere, it shows whether lines were cut off at the end. */
  readonly head: string | null;
}

/** Reads the whole audit and checks its chain. */
export async function verifyAudit(database: string): Promise<AuditVerdict> {
  const store = await openStore(database);
  try {
    const lines: AuditLine[] = await store.auditLines(0, Number.MAX_SAFE_INTEGER);
    return { lines: lines.length, firstBreak: firstBreak(lines), head: lines.at(-1)?.hash ?? null };
  } finally {
    await store.close();
  }
}

async function credentials(
  { cert, key, selfSigned, hostNames, host }: ServeFlags,
  log: (line: string) => void,
): Promise<Credentials | null> {
  if (cert !== undefined && key !== undefined) {
    try {
      return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'bad-certificate',
        'The certificate or its key cannot be read',
        'Name two PEM files that this user may read with --cert and --key.',
      );
    }
  }
  if (cert !== undefined || key !== undefined) {
    throw new ForgeError(
      'bad-certificate',
      'A certificate and its key go together, and only one of them is named.',
      'Give both --cert and --key.',
    );
  }
  if (!selfSigned) return null;
  const names = [...hostNames, 'localhost', hostname(), '127.0.0.1', '::1', host];
  const made = makeSelfSigned([...new Set(names)], selfSignedDays);
  log('Warning: a self-signed certificate, for development only; it is another one after each start.');
  log(`Its SHA-256 fingerprint, to be pinned by clients and agents: ${made.fingerprint}`);
  return made;
}
