import type { PublicState } from '../../core/promotion/ports.ts';
import { type ServedAs, servedByCdn, servedOnLan } from '../../core/promotion/served.ts';
import type { Avatar } from '../avatars/avatar.ts';
import { Emitter, type Event } from '../emitter.ts';
import type { Settings } from '../settings.ts';

/** What an address serves, and what that is beside the file in production. */
export interface ServedFile extends Pick<PublicState, 'status' | 'size'> {
  readonly as: ServedAs;
}

/** Null where there is no such address. */
export interface ServedState {
  readonly lan: ServedFile | null;
  readonly cdn: ServedFile | null;
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
  state(avatar: Avatar): ServedState | null {
    const { kind, name, size } = avatar;
    if (kind !== 'promoted' && kind !== 'animation') return null;
    const [lan, cdn] = [this.#settings.get('production.url'), this.#settings.get('production.cdnUrl')];
    if (lan === '' && cdn === '') return null;
    const key = JSON.stringify([kind, name, size, lan, cdn]);
    const known = this.#states.get(key);
    if (known === undefined) void this.#ask(avatar, key, lan, cdn);
    return known === undefined || known === 'asked' ? null : known;
  }

  /** What was said may be over: it is asked again. */
  forget(): void {
    this.#states.clear();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #ask({ kind, name, size }: Avatar, key: string, lan: string, cdn: string): Promise<void> {
    this.#states.set(key, 'asked');
    const { HttpPublicUrl } = await import('../../adapters/storage/publicUrl.ts'); // loaded on use
    const below = kind === 'animation' ? 'animations' : undefined;
    const look = async (
      base: string,
      judge: (state: PublicState, expected: number) => ServedAs,
    ): Promise<ServedFile | null> => {
      if (base === '') return null;
      try {
        const state = await new HttpPublicUrl(base, below).look(name);
        return { status: state.status, size: state.size, as: judge(state, size) };
      } catch {
        return { status: 0, size: null, as: 'not-served' }; // no address at all
      }
    };
    const [onLan, byCdn] = await Promise.all([look(lan, servedOnLan), look(cdn, servedByCdn)]);
    this.#states.set(key, { lan: onLan, cdn: byCdn });
    this.#changed.fire();
  }
}
