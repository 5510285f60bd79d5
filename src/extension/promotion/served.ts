import type { Avatar } from '../avatars/avatar.ts';
import { Emitter, type Event } from '../emitter.ts';
import type { Settings } from '../settings.ts';

/** Whether an address serves a model; null where there is no such address. `status`: of HTTP, 0 without an answer. */
export interface ServedState {
  readonly lan: { readonly status: number } | null;
  readonly cdn: { readonly status: number } | null;
}

/** Asks on the local network and at the CDN whether they serve what is promoted; an answer is kept until {@link forget}. */
export class Served {
  readonly #settings: Settings;
  readonly #states = new Map<string, ServedState | 'asked'>();
  readonly #changed = new Emitter<void>();

  /** An answer came. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** What is known; asks in the background where nothing is. */
  state({ kind, name }: Avatar): ServedState | null {
    if (kind !== 'promoted' || (this.#lan() === '' && this.#cdn() === '')) return null;
    const known = this.#states.get(name);
    if (known === undefined) void this.#ask(name);
    return known === undefined || known === 'asked' ? null : known;
  }

  /** What was said may be over: it is asked again. */
  forget(): void {
    this.#states.clear();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #ask(name: string): Promise<void> {
    this.#states.set(name, 'asked');
    const { HttpPublicUrl } = await import('../../adapters/storage/publicUrl.ts'); // loaded on use
    const look = async (base: string): Promise<{ status: number } | null> =>
      base === '' ? null : new HttpPublicUrl(base).look(name).catch(() => ({ status: 0 }));
    const [lan, cdn] = await Promise.all([look(this.#lan()), look(this.#cdn())]);
    this.#states.set(name, { lan, cdn });
    this.#changed.fire();
  }

  #lan(): string {
    return this.#settings.get('production.url');
  }

  #cdn(): string {
    return this.#settings.get('production.cdnUrl');
  }
}
