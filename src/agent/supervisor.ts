import { setTimeout as sleep } from 'node:timers/promises';
import type { BlenderProcess } from '../adapters/workstations/blenderProcess.ts';
import { reasonOf } from '../core/errors.ts';
import {
  hangs,
  starting,
  supervision,
  type SupervisionEvent,
  type SupervisionLimits,
  supervisionLimits,
  type SupervisionState,
} from '../core/supervision.ts';
import type { Obstacle } from './readiness.ts';

export interface SupervisorOptions {
  /** Starts Blender, with a file to open or none. */
  readonly start: (open: string | null, signal: AbortSignal) => Promise<BlenderProcess>;
  /** Asks the add-on. */
  readonly probe: () => Promise<Obstacle>;
  /** What could be gone on with, the newest first. */
  readonly saved: () => Promise<readonly string[]>;
  /** Whether the first start goes on where the last session ended, too. */
  readonly reopenAtOnce: boolean;
  /** For people. */
  readonly log: (line: string) => void;
  readonly limits?: SupervisionLimits | undefined;
  readonly probeMs?: number | undefined;
}

/** Keeps one Blender running: starts it, asks it, ends it when it hangs, starts it again with what was saved last. */
export class Supervisor {
  starts = 0;
  readonly #options: SupervisorOptions;
  readonly #limits: SupervisionLimits;
  readonly #ending = new AbortController();
  #state: SupervisionState = starting;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#limits = options.limits ?? supervisionLimits;
  }

  get state(): SupervisionState {
    return this.#state;
  }

  /** What keeps clients from Blender; null: nothing that is known here. */
  obstacle(): Obstacle {
    return this.#state.is === 'up' ? null : `blender-${this.#state.is}`;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends Blender, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding()) {
      switch (this.#state.is) {
        case 'starting':
        case 'up':
          await this.#live();
          break;
        case 'restarting':
          await this.#pause(this.#state.retryAtMs - Date.now());
          this.#to({ type: 'start' });
          break;
        case 'gave-up':
          return;
      }
    }
  }

  /** One Blender, from its start to its end. */
  async #live(): Promise<void> {
    const { start, log } = this.#options;
    const { signal } = this.#ending;
    let why: string;
    try {
      const open = await this.#fileToOpen();
      this.starts += 1;
      const blender = await start(open, signal);
      this.#to({ type: 'ready', nowMs: Date.now() });
      const { pid, opened } = blender;
      log(`Blender is up (process ${pid}${opened === null ? '' : `, with ${opened}`}).`);
      try {
        why = await this.#watched(blender);
      } finally {
        await blender.end(hangs(this.#state, Date.now(), this.#limits) ? hangingGraceMs : undefined);
      }
    } catch (thrown) {
      why = reasonOf(thrown);
    }
    if (signal.aborted) return;
    this.#to({ type: 'ended', nowMs: Date.now(), random: Math.random(), why });
    const { failures } = this.#state;
    log(
      this.#state.is === 'restarting'
        ? `${why} It is started again in ${((this.#state.retryAtMs - Date.now()) / 1000).toFixed(1)} s (failure ${failures} in a row).`
        : `${why} It failed ${failures} times in a row and is not started again. Mend what its log says, then start the agent anew.`,
    );
  }

  /** Resolves to why it is over. */
  async #watched(blender: BlenderProcess): Promise<string> {
    const { probe, probeMs = 5_000 } = this.#options;
    const over = new AbortController();
    const gone = blender.ended.then((how) => {
      over.abort();
      return `Blender ended by itself (${how}).`;
    });
    const signal = AbortSignal.any([over.signal, this.#ending.signal]);
    for (;;) {
      await sleep(probeMs, undefined, { signal }).catch(() => undefined);
      if (over.signal.aborted) return gone;
      if (this.#isEnding()) return '';
      if ((await probe()) === null) this.#to({ type: 'heard', nowMs: Date.now() });
      else if (hangs(this.#state, Date.now(), this.#limits))
        return `Blender hangs: nothing was heard from it for ${this.#limits.silentMs / 1000} s.`;
    }
  }

  /** An older one each time a start failed before Blender listened; in the end none. */
  async #fileToOpen(): Promise<string | null> {
    const isFirst = this.starts === 0;
    const skipped = this.#state.is === 'starting' ? this.#state.unready : 0;
    if ((isFirst && !this.#options.reopenAtOnce) || skipped >= triedFiles) return null;
    return (await this.#options.saved())[skipped] ?? null;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  #to(event: SupervisionEvent): void {
    this.#state = supervision(this.#state, event, this.#limits);
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }
}

/** How many saved files are tried before Blender is started without any. */
const triedFiles = 3;
/** What hangs does not heed a request. */
const hangingGraceMs = 500;
