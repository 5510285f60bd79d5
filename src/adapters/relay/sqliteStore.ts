import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { z } from 'zod';
import { type AuditEntry, type AuditLine, nextLine } from '../../core/audit.ts';
import { toForgeError } from '../../core/errors.ts';
import type { ApiKey, Instance, Lease, RelayStore, User, Visible } from '../../core/relay/records.ts';
import { auditRow, instanceRow, keyRow, keyValues, leaseRow, userRow } from './rows.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (id), hash TEXT NOT NULL, scopes TEXT NOT NULL, allow TEXT,
    expiresAt INTEGER, revokedAt INTEGER, lastUsedAt INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL REFERENCES users (id), lease TEXT NOT NULL,
    UNIQUE (owner, name)) STRICT;
  CREATE TABLE IF NOT EXISTS grants (
    instance TEXT NOT NULL REFERENCES instances (id), user TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (instance, user)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS grantsByUser ON grants (user);
  CREATE TABLE IF NOT EXISTS seen (
    instance TEXT PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS leases (instance TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS auditKeeps BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS auditStays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
`;

type Value = string | number | null;
type Row = Record<string, SQLOutputValue>;

/** The relay's memory in one SQLite file, readable by its owner alone; a server and command lines may share it. */
export class SqliteStore implements RelayStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Creates the file where there is none. Errors: `relay-database`. */
  static async open(file: string): Promise<SqliteStore> {
    try {
      const { DatabaseSync } = await sqlite();
      if (file !== ':memory:') {
        mkdirSync(dirname(file), { recursive: true });
        closeSync(openSync(file, 'a', 0o600));
        chmodSync(file, 0o600);
      }
      const db = new DatabaseSync(file, { timeout: 5_000 });
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
      db.exec(schema);
      return new SqliteStore(db);
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'relay-database',
        `The relay's database cannot be opened`,
        'Name a file in a folder that can be written to (AVATAR_FORGE_RELAY_DB, or --db).',
      );
    }
  }

  close(): void {
    this.#db.close();
  }

  addUser({ id, name }: User): void {
    this.#run('INSERT INTO users VALUES (?, ?)', id, name);
  }

  user(id: string): User | undefined {
    return this.#one(userRow, 'SELECT * FROM users WHERE id = ?', id);
  }

  userByName(name: string): User | undefined {
    return this.#one(userRow, 'SELECT * FROM users WHERE name = ?', name);
  }

  users(): User[] {
    return this.#all(userRow, 'SELECT * FROM users ORDER BY name');
  }

  addKey(it: ApiKey): void {
    this.#run('INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...keyValues(it));
  }

  key(id: string): ApiKey | undefined {
    return this.#one(keyRow, 'SELECT * FROM keys WHERE id = ?', id);
  }

  keysOf(userId: string): ApiKey[] {
    return this.#all(keyRow, 'SELECT * FROM keys WHERE user = ? ORDER BY id', userId);
  }

  revokeKey(id: string, at: number): void {
    this.#run('UPDATE keys SET revokedAt = coalesce(revokedAt, ?) WHERE id = ?', at, id);
  }

  touchKey(id: string, at: number): void {
    this.#run('UPDATE keys SET lastUsedAt = ? WHERE id = ?', at, id);
  }

  addInstance(it: Instance): void {
    this.#run('INSERT INTO instances VALUES (?, ?, ?, ?)', it.id, it.name, it.owner, it.lease);
  }

  instance(id: string): Instance | undefined {
    return this.#one(instanceRow, 'SELECT * FROM instances WHERE id = ?', id);
  }

  updateInstance(it: Instance): void {
    this.#run('UPDATE instances SET name = ?, lease = ? WHERE id = ?', it.name, it.lease, it.id);
  }

  removeInstance(id: string): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      this.#run('DELETE FROM grants WHERE instance = ?', id);
      this.#run('DELETE FROM leases WHERE instance = ?', id);
      this.#run('DELETE FROM instances WHERE id = ?', id);
      this.#db.exec('COMMIT');
    } catch (thrown) {
      this.#db.exec('ROLLBACK');
      throw thrown;
    }
  }

  sawInstance(id: string, at: number): void {
    this.#run('INSERT INTO seen VALUES (?, ?) ON CONFLICT (instance) DO UPDATE SET at = excluded.at', id, at);
  }

  instancesOf(owner: string): Instance[] {
    return this.#all(instanceRow, 'SELECT * FROM instances WHERE owner = ? ORDER BY name', owner);
  }

  unsharedOf(owner: string): Instance[] {
    const sql = `SELECT i.* FROM instances i LEFT JOIN seen s ON s.instance = i.id
      WHERE owner = ? AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.instance = i.id) ORDER BY coalesce(at, 0), name`;
    return this.#all(instanceRow, sql, owner);
  }

  instancesGrantedTo(userId: string): Instance[] {
    const sql =
      'SELECT i.* FROM instances i JOIN grants g ON g.instance = i.id WHERE g.user = ? AND i.owner <> g.user ORDER BY i.name';
    return this.#all(instanceRow, sql, userId);
  }

  instancesCalled(userId: string, reference: string): Visible {
    const own = 'SELECT * FROM instances WHERE owner = ? AND (id = ? OR name = ?)';
    const granted = `SELECT i.* FROM instances i JOIN grants g ON g.instance = i.id
      WHERE g.user = ? AND i.owner <> g.user AND (i.id = ? OR i.name = ?)`;
    return {
      own: this.#all(instanceRow, own, userId, reference, reference),
      granted: this.#all(instanceRow, granted, userId, reference, reference),
    };
  }

  allInstances(): Instance[] {
    return this.#all(instanceRow, 'SELECT * FROM instances ORDER BY owner, name');
  }

  addGrant(instanceId: string, userId: string): void {
    this.#run('INSERT OR IGNORE INTO grants VALUES (?, ?)', instanceId, userId);
  }

  removeGrant(instanceId: string, userId: string): boolean {
    return this.#run('DELETE FROM grants WHERE instance = ? AND user = ?', instanceId, userId) > 0;
  }

  isGranted(instanceId: string, userId: string): boolean {
    const sql = 'SELECT 1 FROM grants WHERE instance = ? AND user = ?';
    return this.#statement(sql).get(instanceId, userId) !== undefined;
  }

  lease(instanceId: string): Lease | undefined {
    return this.#one(leaseRow, 'SELECT * FROM leases WHERE instance = ?', instanceId);
  }

  takeLease(it: Lease, now: number): boolean {
    const sql = `INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (instance)
      DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE leases.holder = excluded.holder OR leases.until <= ?`;
    return this.#run(sql, it.instance, it.holder, it.until, now) > 0;
  }

  dropLease(instanceId: string, holder: string): void {
    this.#run('DELETE FROM leases WHERE instance = ? AND holder = ?', instanceId, holder);
  }

  audit(entry: AuditEntry, at: Date): void {
    // Read and written under one lock: a command line may append, too.
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const last = this.#one(auditRow, 'SELECT line FROM audit ORDER BY seq DESC LIMIT 1')?.line;
      const line = nextLine(last, entry, at);
      this.#run('INSERT INTO audit VALUES (?, ?)', line.seq, JSON.stringify(line));
      this.#db.exec('COMMIT');
    } catch (thrown) {
      this.#db.exec('ROLLBACK');
      throw toForgeError(
        thrown,
        'audit-failed',
        'The audit of the relay could not be written',
        'Look whether its disk is full; nothing is done without a line of audit.',
      );
    }
  }

  auditLines(after: number, limit: number): AuditLine[] {
    const sql = 'SELECT line FROM audit WHERE seq > ? ORDER BY seq LIMIT ?';
    return this.#all(auditRow, sql, after, limit).map(({ line }) => line);
  }

  #one<T>(shape: z.ZodType<T>, sql: string, ...values: Value[]): T | undefined {
    const row: Row | undefined = this.#statement(sql).get(...values);
    return row === undefined ? undefined : shape.parse(row);
  }

  #all<T>(shape: z.ZodType<T>, sql: string, ...values: Value[]): T[] {
    return this.#statement(sql)
      .all(...values)
      .map((row) => shape.parse(row));
  }

  #run(sql: string, ...values: Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const fresh = this.#db.prepare(sql);
    this.#statements.set(sql, fresh);
    return fresh;
  }
}

/** Loads SQLite without the one warning that it is experimental; every other warning is shown as ever. */
async function sqlite(): Promise<typeof import('node:sqlite')> {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).startsWith('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, undefined, [warning, ...rest]);
  };
  try {
    return await import('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
