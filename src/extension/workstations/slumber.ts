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

/** The sleep of a workstation that nobody uses: its scene is kept as a checkpoint or project, its process is not. */
export class Slumber {
  readonly #options: SlumberOptions;
  #dozing: Promise<void> | null = null;
  /** The checkpoint to wake up with; a project is remembered by the place. */
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
  async wake(place: Place, endpoint: BlenderEndpoint): Promise<void> {
    const checkpoint = this.#sleptWith;
    this.#sleptWith = null;
    const project = (await place.projects?.take()) ?? null;
    if (project !== null) {
      const { openProject } = await import('./projects.ts');
      await this.#restore(endpoint, `project ${project}`, (blender) => openProject(blender, project));
    } else if (checkpoint !== null) {
      const { restoreInto } = await import('./checkpoints.ts');
      await this.#restore(endpoint, `checkpoint ${checkpoint}`, (blender) =>
        restoreInto(blender, checkpoint),
      );
    }
  }

  /**
   * The name of the project or the id of the checkpoint; null where it could not be made.
   *
   * @param aside where to connect for it, while the window's own connection is still coming
   */
  async save(
    place: Place | null,
    label: string,
    aside: BlenderEndpoint | null = null,
  ): Promise<string | null> {
    const { connect, diary } = this.#options;
    const own = aside === null ? null : await connect(aside);
    const blender = own ?? this.#options.blender;
    try {
      if (place?.projects === undefined) {
        return await (await import('./checkpoints.ts')).saveCheckpoint(blender, label);
      }
      const name = await (await import('./projects.ts')).saveProject(blender);
      await place.projects.keep(name);
      return name;
    } catch (thrown) {
      diary.note(`the scene could not be saved ${label}: ${reasonOf(thrown)}`, 'warn');
      return null;
    } finally {
      await own?.close();
    }
  }

  async #restore(
    endpoint: BlenderEndpoint,
    what: string,
    open: (blender: BlenderPort) => Promise<void>,
  ): Promise<void> {
    const { connect, diary } = this.#options;
    const waker = await connect(endpoint);
    try {
      await open(waker);
      diary.note(`the scene is as it was before (${what})`);
    } catch (thrown) {
      diary.note(`${what} could not be opened: ${reasonOf(thrown)}`, 'warn');
    } finally {
      await waker.close();
    }
  }

  async #sleep(place: Place | null, idleMs: number): Promise<void> {
    const { blender, isReady, onSlept } = this.#options;
    if ((await place?.isUsedElsewhere?.(idleMs)) === true) return;
    const saved = await this.save(place, 'before sleeping');
    if (saved === null || !isReady()) return;
    if (place?.projects === undefined) this.#sleptWith = saved;
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
