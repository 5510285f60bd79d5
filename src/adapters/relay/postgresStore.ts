import pg from 'pg';
import type { z } from 'zod';
import { type AuditEntry, type AuditLine, nextLine } from '../../core/audit.ts';
import { reasonOf, toForgeError, ForgeError } from '../../core/errors.ts';
import type { ApiKey, Instance, Lease, RelayStore, User, Visible } from '../../core/relay/records.ts';
import { auditRow, instanceRow, keyRow, keyValues, leaseRow, userRow } from './rows.ts';

/** Names as in the SQLite file; times are ms since 1970. */
const schema = `
  CREATE TABLE IF NOT EXISTS users (id text PRIMARY KEY, name text NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS keys (
    id text PRIMARY KEY, "user" text NOT NULL REFERENCES users (id), hash text NOT NULL, scopes text NOT NULL, allow text,
    "expiresAt" float8, "revokedAt" float8, "lastUsedAt" float8);
  CREATE TABLE IF NOT EXISTS instances (
    id text PRIMARY KEY, name text NOT NULL, owner text NOT NULL REFERENCES users (id), lease text NOT NULL, UNIQUE (owner, name));
  CREATE TABLE IF NOT EXISTS grants (
    instance text NOT NULL REFERENCES instances (id), "user" text NOT NULL REFERENCES users (id), PRIMARY KEY (instance, "user"));
  CREATE INDEX IF NOT EXISTS "grantsByUser" ON grants ("user");
  CREATE TABLE IF NOT EXISTS seen (instance text PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE, at float8 NOT NULL);
  CREATE TABLE IF NOT EXISTS leases (instance text PRIMARY KEY, holder text NOT NULL, until float8 NOT NULL);
  CREATE TABLE IF NOT EXISTS audit (seq integer PRIMARY KEY, line text NOT NULL);
  CREATE TABLE IF NOT EXISTS replicas (id text PRIMARY KEY, url text NOT NULL, fingerprint text, seen timestamptz NOT NULL);
  CREATE TABLE IF NOT EXISTS lines (
    instance text PRIMARY KEY, replica text NOT NULL REFERENCES replicas (id) ON DELETE CASCADE);
  CREATE TABLE IF NOT EXISTS sessions (
    id text PRIMARY KEY, key text NOT NULL, replica text NOT NULL REFERENCES replicas (id) ON DELETE CASCADE);
  CREATE INDEX IF NOT EXISTS "sessionsByKey" ON sessions (key);
  CREATE OR REPLACE FUNCTION "auditKeeps"() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'the audit is append-only'; END$$;
  CREATE OR REPLACE TRIGGER "auditKeeps" BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION "auditKeeps"();
`;
/** Of the advisory locks: for the schema, the end of the audit's chain, and the number of a key's sessions. */
export const locks = { schema: 7_301, audit: 7_302, sessions: 7_303 } as const;

type Value = string | number | null;

/** The relay's memory in PostgreSQL, for several replicas. The address may hold a password: it is told to nobody. */
export class PostgresStore implements RelayStore {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Creates the tables where there are none. Errors: `relay-database`. */
  static async open(url: string): Promise<PostgresStore> {
    const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000 });
    pool.on('error', () => undefined); // of one that is idle: the next query opens another
    const store = new PostgresStore(pool);
    try {
      await store.transaction(locks.schema, (run) => run(schema));
      return store;
    } catch (thrown) {
      await pool.end();
      throw new ForgeError(
        'relay-database',
        `The relay's PostgreSQL cannot be used: ${reasonOf(thrown)}.`,
        'Correct AVATAR_FORGE_RELAY_DB (postgres://user:password@host/database), and look whether it runs.',
        { cause: thrown },
      );
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async run(sql: string, ...values: Value[]): Promise<pg.QueryResult<Record<string, unknown>>> {
    return this.#pool.query<Record<string, unknown>>(sql, values);
  }

  /** Alone with a lock, all or nothing. */
  async transaction<T>(lock: number, work: (run: PostgresStore['run']) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [lock]);
      const result = await work((sql, ...values) =>
        values.length === 0 ? client.query(sql) : client.query(sql, values),
      );
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (thrown) {
      client.release(true); // with it the transaction ends
      throw thrown;
    }
  }

  async addUser({ id, name }: User): Promise<void> {
    await this.run('INSERT INTO users VALUES ($1, $2)', id, name);
  }

  user(id: string): Promise<User | undefined> {
    return this.#one(userRow, 'SELECT * FROM users WHERE id = $1', id);
  }

  userByName(name: string): Promise<User | undefined> {
    return this.#one(userRow, 'SELECT * FROM users WHERE name = $1', name);
  }

  users(): Promise<User[]> {
    return this.#all(userRow, 'SELECT * FROM users ORDER BY name');
  }

  async addKey(it: ApiKey): Promise<void> {
    await this.run('INSERT INTO keys VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', ...keyValues(it));
  }

  key(id: string): Promise<ApiKey | undefined> {
    return this.#one(keyRow, 'SELECT * FROM keys WHERE id = $1', id);
  }

  keysOf(userId: string): Promise<ApiKey[]> {
    return this.#all(keyRow, 'SELECT * FROM keys WHERE "user" = $1 ORDER BY id', userId);
  }

  async revokeKey(id: string, at: number): Promise<void> {
    await this.run('UPDATE keys SET "revokedAt" = coalesce("revokedAt", $1) WHERE id = $2', at, id);
  }

  async touchKey(id: string, at: number): Promise<void> {
    await this.run('UPDATE keys SET "lastUsedAt" = $1 WHERE id = $2', at, id);
  }

  async addInstance(it: Instance): Promise<void> {
    await this.run('INSERT INTO instances VALUES ($1, $2, $3, $4)', it.id, it.name, it.owner, it.lease);
  }

  instance(id: string): Promise<Instance | undefined> {
    return this.#one(instanceRow, 'SELECT * FROM instances WHERE id = $1', id);
  }

  async updateInstance(it: Instance): Promise<void> {
    await this.run('UPDATE instances SET name = $1, lease = $2 WHERE id = $3', it.name, it.lease, it.id);
  }

  async removeInstance(id: string): Promise<void> {
    // One statement, so that all of it goes or nothing.
    const sql = `WITH g AS (DELETE FROM grants WHERE instance = $1), l AS (DELETE FROM leases WHERE instance = $1),
      n AS (DELETE FROM lines WHERE instance = $1) DELETE FROM instances WHERE id = $1`;
    await this.run(sql, id);
  }

  async sawInstance(id: string, at: number): Promise<void> {
    const sql = 'INSERT INTO seen VALUES ($1, $2) ON CONFLICT (instance) DO UPDATE SET at = excluded.at';
    await this.run(sql, id, at);
  }

  instancesOf(owner: string): Promise<Instance[]> {
    return this.#all(instanceRow, 'SELECT * FROM instances WHERE owner = $1 ORDER BY name', owner);
  }

  unsharedOf(owner: string): Promise<Instance[]> {
    const sql = `SELECT i.* FROM instances i LEFT JOIN seen s ON s.instance = i.id
      WHERE owner = $1 AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.instance = i.id) ORDER BY coalesce(at, 0), name`;
    return this.#all(instanceRow, sql, owner);
  }

  instancesGrantedTo(userId: string): Promise<Instance[]> {
    const sql =
      'SELECT i.* FROM instances i JOIN grants g ON g.instance = i.id WHERE g."user" = $1 AND i.owner <> g."user" ORDER BY i.name';
    return this.#all(instanceRow, sql, userId);
  }

  async instancesCalled(userId: string, reference: string): Promise<Visible> {
    const own = 'SELECT * FROM instances WHERE owner = $1 AND (id = $2 OR name = $2)';
    const granted = `SELECT i.* FROM instances i JOIN grants g ON g.instance = i.id
      WHERE g."user" = $1 AND i.owner <> g."user" AND (i.id = $2 OR i.name = $2)`;
    return {
      own: await this.#all(instanceRow, own, userId, reference),
      granted: await this.#all(instanceRow, granted, userId, reference),
    };
  }

  allInstances(): Promise<Instance[]> {
    return this.#all(instanceRow, 'SELECT * FROM instances ORDER BY owner, name');
  }

  async addGrant(instance: string, user: string): Promise<void> {
    await this.run('INSERT INTO grants VALUES ($1, $2) ON CONFLICT DO NOTHING', instance, user);
  }

  async removeGrant(instance: string, user: string): Promise<boolean> {
    const { rowCount } = await this.run(
      'DELETE FROM grants WHERE instance = $1 AND "user" = $2',
      instance,
      user,
    );
    return rowCount !== 0;
  }

  async isGranted(instance: string, user: string): Promise<boolean> {
    const { rowCount } = await this.run(
      'SELECT 1 FROM grants WHERE instance = $1 AND "user" = $2',
      instance,
      user,
    );
    return rowCount !== 0;
  }

  lease(instance: string): Promise<Lease | undefined> {
    return this.#one(leaseRow, 'SELECT * FROM leases WHERE instance = $1', instance);
  }

  async takeLease(it: Lease, now: number): Promise<boolean> {
    const sql = `INSERT INTO leases VALUES ($1, $2, $3) ON CONFLICT (instance)
      DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE leases.holder = excluded.holder OR leases.until <= $4`;
    return (await this.run(sql, it.instance, it.holder, it.until, now)).rowCount !== 0;
  }

  async dropLease(instance: string, holder: string): Promise<void> {
    await this.run('DELETE FROM leases WHERE instance = $1 AND holder = $2', instance, holder);
  }

  async audit(entry: AuditEntry, at: Date): Promise<void> {
    try {
      await this.transaction(locks.audit, async (run) => {
        const { rows } = await run('SELECT line FROM audit ORDER BY seq DESC LIMIT 1');
        const line = nextLine(rows[0] === undefined ? undefined : auditRow.parse(rows[0]).line, entry, at);
        await run('INSERT INTO audit VALUES ($1, $2)', line.seq, JSON.stringify(line));
      });
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'audit-failed',
        'The audit of the relay could not be written',
        'Look whether its database runs; nothing is done without a line of audit.',
      );
    }
  }

  async auditLines(after: number, limit: number): Promise<AuditLine[]> {
    const most = Math.min(limit, 2 ** 31);
    const rows = await this.#all(
      auditRow,
      'SELECT line FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
      after,
      most,
    );
    return rows.map(({ line }) => line);
  }

  async #one<T>(shape: z.ZodType<T>, sql: string, ...values: Value[]): Promise<T | undefined> {
    return (await this.#all(shape, sql, ...values))[0];
  }

  async #all<T>(shape: z.ZodType<T>, sql: string, ...values: Value[]): Promise<T[]> {
    return (await this.run(sql, ...values)).rows.map((row) => shape.parse(row));
  }
}
