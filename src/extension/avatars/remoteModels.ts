import type { Opener } from '../../adapters/storage/places.ts';
import { ForgeError } from '../../core/errors.ts';
import type { PromotionKind } from '../../core/promotion/names.ts';
import type { PublishedFile, Source, Target } from '../../core/promotion/ports.ts';
import type { RemoteFolder } from './store.ts';

/** The models or animations in a remote of the user's: exports, or what is published. Errors: those of a {@link Target}. */
export class RemoteModels implements RemoteFolder {
  readonly #opener: Opener;
  readonly #target: Target;
  readonly #kind: PromotionKind;

  /** `place` is `REMOTE:PATH`. Error: `bad-remote-path`. */
  constructor(opener: Opener, place: string, kind: PromotionKind) {
    this.#opener = opener;
    this.#target = opener.places({ production: place }, kind).production;
    this.#kind = kind;
  }

  list(): Promise<readonly PublishedFile[]> {
    return this.#target.list(this.#kind);
  }

  /** Error: `source-missing`. */
  async *read(name: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let isThere = false;
    for await (const chunk of this.source(name).read(signal)) {
      isThere = true;
      yield chunk;
    }
    if (isThere) return;
    throw new ForgeError(
      'source-missing',
      `${name} is not in ${this.#target.place} any more.`,
      'Refresh the Avatars view to see what is there.',
    );
  }

  source(name: string): Source {
    return this.#opener.source(`${this.#target.place}/${name}`);
  }
}
