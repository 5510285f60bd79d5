import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import type { Replica, ReplicaNews, Replicas } from '../../core/relay/replicas.ts';
import { locks, type PostgresStore } from './postgresStore.ts';

/** One that was not heard of for so long is dead, in seconds; it beats every 5. */
const deadAfterS = 15;
const channel = 'avatar_forge_relay';
const listenAgainMs = 1_000;

const replicaRow: z.ZodType<Replica> = z.object({
  id: z.string(),
  url: z.string(),
  fingerprint: z.string().nullable(),
});
const notice = z.object({ from: z.string(), moved: z.string().optional() });

/** Which replica has which workstation, in the tables of a {@link PostgresStore}; news by LISTEN and NOTIFY. */
export class PostgresReplicas implements Replicas {
  readonly id = randomBytes(6).toString('base64url');
  readonly #store: PostgresStore;
  readonly #database: string;
  readonly #fingerprint: string | null;
  #url = '';
  #news: ReplicaNews | null = null;
  #listening: pg.Client | null = null;
  #again: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(store: PostgresStore, database: string, fingerprint: string | null) {
    this.#store = store;
    this.#database = database;
    this.#fingerprint = fingerprint;
  }

  /** Joins the others; `url` is where they reach this one. */
  async join(url: string, news: ReplicaNews): Promise<void> {
    this.#url = url;
    this.#news = news;
    await this.beat();
    await this.#listen();
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#again);
    await this.#listening?.end().catch(() => undefined);
    await this.#store.run('DELETE FROM replicas WHERE id = $1', this.id);
  }

  async beat(): Promise<void> {
    const sql = `INSERT INTO replicas VALUES ($1, $2, $3, now()) ON CONFLICT (id) DO UPDATE SET seen = now()`;
    await this.#store.run(sql, this.id, this.#url, this.#fingerprint);
    await this.#store.run(`DELETE FROM replicas WHERE seen < now() - interval '1 hour'`);
  }

  async arrived(instance: string): Promise<void> {
    const sql =
      'INSERT INTO lines VALUES ($1, $2) ON CONFLICT (instance) DO UPDATE SET replica = excluded.replica';
    await this.#store.run(sql, instance, this.id);
    await this.#tell({ moved: instance });
  }

  async left(instance: string): Promise<void> {
    await this.#store.run('DELETE FROM lines WHERE instance = $1 AND replica = $2', instance, this.id);
  }

  async holderOf(instance: string): Promise<Replica | null> {
    const sql = `SELECT r.id, url, fingerprint FROM replicas r JOIN lines l ON l.replica = r.id
      WHERE l.instance = $1 AND r.id <> $2 AND seen > now() - interval '${deadAfterS} s'`;
    return this.#replica(sql, instance, this.id);
  }

  async find(id: string): Promise<Replica | null> {
    const sql = `SELECT id, url, fingerprint FROM replicas WHERE id = $1 AND seen > now() - interval '${deadAfterS} s'`;
    return this.#replica(sql, id);
  }

  async elsewhere(): Promise<ReadonlySet<string>> {
    const sql = `SELECT l.instance FROM replicas r JOIN lines l ON l.replica = r.id
      WHERE r.id <> $1 AND seen > now() - interval '${deadAfterS} s'`;
    const { rows } = await this.#store.run(sql, this.id);
    return new Set(rows.map(({ instance }) => String(instance)));
  }

  admit(session: string, key: string, most: number): Promise<boolean> {
    return this.#store.transaction(locks.sessions, async (run) => {
      const sql = `SELECT count(*)::int AS sessions FROM sessions s JOIN replicas r ON r.id = s.replica
        WHERE key = $1 AND seen > now() - interval '${deadAfterS} s'`;
      const { rows } = await run(sql, key);
      if (Number(rows[0]?.['sessions']) >= most) return false;
      await run('INSERT INTO sessions VALUES ($1, $2, $3)', session, key, this.id);
      return true;
    });
  }

  async release(session: string): Promise<void> {
    await this.#store.run('DELETE FROM sessions WHERE id = $1', session);
  }

  changed(): Promise<void> {
    return this.#tell({});
  }

  async #replica(sql: string, ...values: string[]): Promise<Replica | null> {
    const { rows } = await this.#store.run(sql, ...values);
    return rows[0] === undefined ? null : replicaRow.parse(rows[0]);
  }

  async #tell(said: { readonly moved?: string }): Promise<void> {
    const text = JSON.stringify({ from: this.id, ...said });
    await this.#store.run('SELECT pg_notify($1, $2)', channel, text);
  }

  /** A connection of its own; when it breaks, another, and whatever was missed is looked for. */
  async #listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#database, connectionTimeoutMillis: 5_000 });
    const lost = (): void => {
      if (this.#isOver || this.#listening !== client) return;
      this.#listening = null;
      this.#again = setTimeout(() => void this.#listenAgain(), listenAgainMs);
    };
    client.on('error', lost).on('end', lost);
    client.on('notification', ({ payload = '' }) => this.#hear(payload));
    this.#listening = client;
    await client.connect();
    await client.query(`LISTEN ${channel}`);
  }

  async #listenAgain(): Promise<void> {
    try {
      await this.#listen();
      this.#news?.onChanged();
    } catch {
      this.#again = setTimeout(() => void this.#listenAgain(), listenAgainMs);
    }
  }

  #hear(payload: string): void {
    const said = notice.safeParse(JSON.parse(payload)).data;
    if (said === undefined || said.from === this.id) return;
    if (said.moved === undefined) this.#news?.onChanged();
    else this.#news?.onMoved(said.moved);
  }
}
