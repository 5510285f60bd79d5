import { ForgeError } from '../../core/errors.ts';
import { destroyStuck } from '../../core/kasm/errors.ts';
import { sameId } from '../../core/kasm/sessions.ts';
import type { KasmApi } from './kasmApi.ts';
import type { Found } from './launcher.ts';
import { pause } from './pause.ts';
import type { EndingSession, KasmMemories } from './sessionStore.ts';

export interface EnderOptions {
  readonly api: KasmApi;
  readonly memories: KasmMemories;
  readonly pollMs: number;
  readonly destroyMs?: number | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Ends sessions and sees that they went; what sticks is remembered until it did. */
export class Ender {
  readonly #options: EnderOptions;

  constructor(options: EnderOptions) {
    this.#options = options;
  }

  /** Errors: `kasm-destroy-stuck`, `kasm-permission`. */
  async end({ kasmId, userId, agentToken }: Found): Promise<void> {
    // Kept first: whatever happens from here on, somebody will see to its end.
    await this.#options.memories.change((memory) => ({
      ...memory,
      session: memory.session?.agentToken === agentToken ? null : memory.session,
      ending: [...memory.ending.filter((one) => !sameId(one.kasmId, kasmId)), { kasmId, userId }],
    }));
    await this.#confirm({ kasmId, userId }, this.#options.destroyMs ?? 20_000);
  }

  /** Those whose end did not come before; the ones that stick again are told of, and left for the next time. */
  async endLeftovers(): Promise<void> {
    for (const one of (await this.#options.memories.load()).ending) {
      await this.#confirm(one, 0).catch((thrown: unknown) => {
        const code = thrown instanceof ForgeError ? thrown.code : 'internal';
        this.#options.onLine?.(`kasm: session ${one.kasmId} is still there (${code})`);
      });
    }
  }

  /** Asks for the end, and looks in the list until it is gone from there: an answer to the question proves nothing. */
  async #confirm({ kasmId, userId }: EndingSession, withinMs: number): Promise<void> {
    const { api, memories, pollMs } = this.#options;
    const ask = (): Promise<unknown> => api.destroy(kasmId, userId).then(() => null, toRefusal);
    let refused = await ask();
    for (const end = Date.now() + withinMs; ;) {
      const listed = await api.sessions();
      if (!listed.some((one) => sameId(one.kasmId, kasmId))) break;
      if (Date.now() > end) throw destroyStuck(api.origin, kasmId, refused);
      await pause(pollMs);
      if (refused !== null) refused = await ask(); // in some states Kasm deletes nothing
    }
    await memories.change((memory) => ({
      ...memory,
      ending: memory.ending.filter((one) => !sameId(one.kasmId, kasmId)),
    }));
  }
}

/** What asking again does not mend is thrown on. */
function toRefusal(thrown: unknown): unknown {
  if (thrown instanceof ForgeError && thrown.code === 'kasm-permission') throw thrown;
  return thrown;
}
