import type { ReplaceableBlender } from '../../adapters/blender/replaceable.ts';
import { reasonOf } from '../../core/errors.ts';
import type { BlenderEndpoint, BlenderPort } from '../../core/ports.ts';
import type { Diary } from './diary.ts';
import type { Place } from './provider.ts';

export interface SlumberOptions {
  readonly blender: ReplaceableBlender;
  readonly diary: Diary;
  /** A client of its own, for a workstation that has just come up. */
  readonly connect: (endpoint: BlenderEndpoint) => Promise<BlenderPort>;
  readonly isReady: () => boolean;
  readonly onSlept: () => void;
}

/** The sleep of a workstation that nobody uses: its scene is kept as a checkpoint, its process is not. */
export class Slumber {
  readonly #options: SlumberOptions;
  #dozing: Promise<void> | null = null;
  /** The checkpoint to wake up with. */
  #sleptWith: string | null = null;

  constructor(options: SlumberOptions) {
    this.#options = options;
  }

  /** @param idleMs for how long it was not used here: another window may use it */
  begin(place: Place | null, idleMs: number): void {
    this.#dozing ??= this.#sleep(place, idleMs).finally(() => (this.#dozing = null));
  }

  /** Another workstation takes its place: that one has another scene. */
  forget(): void {
    this.#sleptWith = null;
  }

  /** Gives a workstation that has just come up the scene of before. What goes wrong is told in the diary. */
  async wake(endpoint: BlenderEndpoint): Promise<void> {
    const { connect, diary } = this.#options;
    const checkpoint = this.#sleptWith;
    if (checkpoint === null) return;
    this.#sleptWith = null;
    const waker = await connect(endpoint);
    try {
      await (await import('./checkpoints.ts')).restoreInto(waker, checkpoint);
      diary.note(`the scene is as it was before sleeping (checkpoint ${checkpoint})`);
    } catch (thrown) {
      diary.note(`checkpoint ${checkpoint} could not be restored: ${reasonOf(thrown)}`, 'warn');
    } finally {
      await waker.close();
    }
  }

  /** The id of the checkpoint; null where it could not be made. */
  async save(label: string): Promise<string | null> {
    const { blender, diary } = this.#options;
    try {
      return await (await import('./checkpoints.ts')).saveCheckpoint(blender, label);
    } catch (thrown) {
      diary.note(`no checkpoint ${label}: ${reasonOf(thrown)}`, 'warn');
      return null;
    }
  }

  async #sleep(place: Place | null, idleMs: number): Promise<void> {
    const { blender, isReady, onSlept } = this.#options;
    if ((await place?.isUsedElsewhere?.(idleMs)) === true) return;
    const saved = await this.save('before sleeping');
    if (saved === null || !isReady()) return;
    this.#sleptWith = saved;
    onSlept();
    await blender.replace();
    if ((await this.#putAway(place)) === 'kept') this.#sleptWith = null;
  }

  /** In the place's own way, else ends it. Nobody waits for this: what goes wrong is told in the diary. */
  async #putAway(place: Place | null): Promise<'kept' | 'ended'> {
    try {
      if (place?.sleep !== undefined) return await place.sleep();
      await place?.stop();
    } catch (thrown) {
      this.#options.diary.note(`putting it away: ${reasonOf(thrown)}`, 'warn');
    }
    return 'ended';
  }
}
