import type { BlenderPort } from '../../core/ports.ts';
import type { SceneSummary } from '../services.ts';

const quietMs = 1_000;

export interface PulseOptions {
  readonly blender: Pick<BlenderPort, 'call'>;
  readonly everyMs: number;
  /** Nothing is asked of a Blender that is not ready: it would be started, or kept from its work. */
  readonly isReady: () => boolean;
  readonly onChange: () => void;
  /** Before each beat. */
  readonly onBeat: () => void;
}

/** How a ready Blender is: the time of a round trip every few seconds, and its scene when something may have changed it. */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #timer: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;
  #latencyMs: number | null = null;
  #scene: SceneSummary | null = null;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.beat(), options.everyMs);
  }

  /** Of the last round trip. */
  get latencyMs(): number | null {
    return this.#latencyMs;
  }

  get scene(): SceneSummary | null {
    return this.#scene;
  }

  async beat(): Promise<void> {
    const { blender, isReady, onBeat, onChange } = this.#options;
    onBeat();
    if (!isReady()) return;
    const startedAt = performance.now();
    const took = (): number => performance.now() - startedAt;
    const latencyMs = await blender.call('ping', {}, { deadlineMs: 5_000 }).then(took, () => null);
    if (!isReady()) return;
    this.#latencyMs = latencyMs;
    onChange();
  }

  /** Looks at the scene once nobody has called this for a moment: looking takes Blender's time. */
  lookSoon(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => void this.look(), quietMs);
  }

  async look(): Promise<void> {
    const { blender, isReady, onChange } = this.#options;
    if (!isReady()) return;
    const { summarise } = await import('./sceneSummary.ts'); // loaded on use
    const seen = await summarise(blender).catch(() => null);
    if (seen === null || JSON.stringify(seen) === JSON.stringify(this.#scene)) return;
    this.#scene = seen;
    onChange();
  }

  forgetLatency(): void {
    this.#latencyMs = null;
  }

  forgetScene(): void {
    this.#scene = null;
  }

  dispose(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#quiet);
  }
}
