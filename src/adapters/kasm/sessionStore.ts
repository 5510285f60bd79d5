import { z } from 'zod';
import { sameId } from '../../core/kasm/sessions.ts';

/** A session that was asked for, with its secrets. */
const kept = z.object({
  /** Null: asked for, and no answer came yet. */
  kasmId: z.string().nullable(),
  userId: z.string(),
  imageId: z.string(),
  username: z.string().nullable(),
  sessionToken: z.string().nullable(),
  /** The path or address of its own page. */
  page: z.string().nullable(),
  agentToken: z.string(),
  blenderToken: z.string(),
  /** The sessions there were before it was asked for. */
  before: z.array(z.string()),
});
export type KeptSession = z.infer<typeof kept>;

const ending = z.object({ kasmId: z.string(), userId: z.string() });
export type EndingSession = z.infer<typeof ending>;

const project = z.object({ name: z.string(), kasmId: z.string() });

const memory = z.object({
  session: kept.nullable(),
  /** To be destroyed, which has not worked yet. */
  ending: z.array(ending),
  /** When each window of the editor was last known to use the session, in ms. */
  used: z.record(z.string(), z.number()).default({}),
  /** What was saved of the scene of which session last, in `projects/`, on storage that outlives it. */
  project: project.nullable().default(null),
});
/** What must outlive this process, so that no session is launched twice or forgotten. */
export type KasmMemory = z.infer<typeof memory>;

/** Where the caller keeps it: a place for secrets. One store belongs to one Kasm and one user of it. */
export interface SessionStore {
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
  forget(): Promise<void>;
}

/** A {@link SessionStore} with values in place of text; writes come one after another. */
export class KasmMemories {
  readonly #store: SessionStore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /** What cannot be read was of another version, and says nothing. */
  async load(): Promise<KasmMemory> {
    try {
      return memory.parse(JSON.parse((await this.#store.load()) ?? 'null'));
    } catch {
      return { session: null, ending: [], used: {}, project: null };
    }
  }

  change(how: (memory: KasmMemory) => KasmMemory): Promise<void> {
    const next = this.#last.then(async () => {
      const changed = how(await this.load());
      const { session, ending, project: saved } = changed;
      if (session === null && ending.length === 0 && saved === null) await this.#store.forget();
      else await this.#store.save(JSON.stringify(changed));
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** What was saved of a session before this one, once; null: nothing, or it is of this very session. */
  async takeProject(kasmId: string): Promise<string | null> {
    const { project: saved } = await this.load();
    if (saved === null) return null;
    await this.change((memory) => ({ ...memory, project: null }));
    return sameId(saved.kasmId, kasmId) ? null : saved.name;
  }
}
