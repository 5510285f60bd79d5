import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../core/errors.ts';
import type { BlenderPort } from '../core/ports.ts';
import { IdleWatch } from './idleWatch.ts';

export interface IdleEndOptions {
  /** Without a client, until the scene is saved; 0: never. */
  readonly idleMs: number;
  readonly blender: Pick<BlenderPort, 'call'>;
  /** For people. */
  readonly log: (line: string) => void;
  /** Aborted: nothing is to be saved any more. */
  readonly signal: AbortSignal;
  /** Whether a Blender is up that ends with the agent. */
  readonly endsBlender: () => boolean;
  /** Told when nobody was there for long and nobody came while it was saved. */
  readonly onEnd: (isSaved: boolean) => void;
  /** Told whether the agent stays up, though nobody is there, for a scene that could not be saved. */
  readonly onUnsaved?: ((isUnsaved: boolean) => void) | undefined;
  /** Between two tries, in ms. */
  readonly saveAgainMs?: number | undefined;
}

const saveTries = 3;
const saveDeadlineMs = 120_000;

/**
 * Puts away what nobody uses: has the scene saved into the projects, then says so. A scene that cannot be saved and would end with
 * the agent is kept: it is tried again after as long an idleness.
 */
export class IdleEnd {
  readonly #options: IdleEndOptions;
  readonly #watch: IdleWatch;
  #clients = 0;
  /** How often somebody came. */
  #visits = 0;

  constructor(options: IdleEndOptions) {
    this.#options = options;
    this.#watch = new IdleWatch(options.idleMs, () => void this.#putAway());
  }

  /** To be told how many are there, whenever that changes. */
  changed(clients: number): void {
    if (clients > this.#clients) {
      this.#visits += 1;
      this.#options.onUnsaved?.(false); // who came can see to it
    }
    this.#clients = clients;
    this.#watch.changed(clients);
  }

  stop(): void {
    this.#watch.stop();
  }

  async #putAway(): Promise<void> {
    const { log, signal, endsBlender, onEnd, onUnsaved } = this.#options;
    const before = this.#visits;
    const somebodyCame = (): boolean => this.#visits !== before;
    log('Nobody has been here for long: the scene is saved.');
    const isSaved = await this.#save(somebodyCame);
    if (somebodyCame()) this.#watch.changed(this.#clients);
    else if (isSaved || !endsBlender()) onEnd(isSaved);
    else if (!signal.aborted) {
      log('The scene would be lost: the agent stays up, and tries again after as long without a client.');
      onUnsaved?.(true);
      this.#watch.changed(this.#clients);
    }
  }

  async #save(isWanted: () => boolean): Promise<boolean> {
    const { blender, log, signal, saveAgainMs = 60_000 } = this.#options;
    for (let left = saveTries; ;) {
      try {
        await blender.call('save_project', {}, { deadlineMs: saveDeadlineMs, signal });
        return true;
      } catch (thrown) {
        log(`The scene could not be saved: ${reasonOf(thrown)}`);
        left -= 1;
        if (left === 0 || signal.aborted || isWanted()) return false;
        await sleep(saveAgainMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
