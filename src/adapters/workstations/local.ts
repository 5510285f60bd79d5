import type { BlenderEndpoint, Workstation } from '../../core/ports.ts';
import { absent, workstation, type WorkstationEvent, type WorkstationState } from '../../core/workstation.ts';
import { reasonOf, ForgeError } from '../../core/errors.ts';
import { startBlender, type BlenderProcess } from './blenderProcess.ts';
import { LineLog } from './lineLog.ts';
import type { DisplayMode } from './startPlan.ts';

export interface LocalWorkstationOptions {
  /** blender-addon/boot.py */
  readonly bootScript: string;
  /** The folder for exports, projects, textures, checkpoints (AVATAR_FORGE_HOME). Made if missing. */
  readonly home: string;
  /** The environment to look into and to pass on, without its secrets: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Blender's executable; without it: AVATAR_FORGE_BLENDER, PATH, the usual places. */
  readonly blender?: string | undefined;
  /** True: no window that anybody sees, even where there is a display. */
  readonly headless?: boolean | undefined;
  /** In place of what would be chosen: a window if there is a display and not `headless`, else Xvfb, else background. */
  readonly mode?: DisplayMode | undefined;
  readonly startTimeoutMs?: number | undefined;
  readonly onState?: ((state: WorkstationState) => void) | undefined;
  /** Each line that Blender or its display writes, as it is written. */
  readonly onLine?: ((line: string) => void) | undefined;
}

interface Run {
  readonly abort: AbortController;
  readonly started: Promise<BlenderProcess>;
  /** Resolves when nothing of it runs any more. */
  readonly over: Promise<void>;
}

/** "This machine": a Blender of our own, on a random loopback port with a random token, that ends when we end. */
export class LocalWorkstation implements Workstation {
  readonly #options: LocalWorkstationOptions;
  #log: LineLog;
  #state: WorkstationState = absent;
  #run: Run | null = null;

  constructor(options: LocalWorkstationOptions) {
    this.#options = options;
    this.#log = new LineLog(options.onLine);
  }

  async launch(): Promise<BlenderEndpoint> {
    if (this.#state.is === 'stopping') await this.#run?.over;
    this.#run ??= this.#start();
    return (await this.#run.started).endpoint;
  }

  status(): WorkstationState {
    return this.#state;
  }

  observe(event: WorkstationEvent): void {
    const next = workstation(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onState?.(next);
  }

  async stop(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.observe({ type: 'stop' });
    run.abort.abort();
    await run.started.then(
      (blender) => blender.end(),
      () => undefined,
    );
    await run.over;
  }

  /** The last 200 lines that Blender wrote. */
  log(): readonly string[] {
    return this.#log.lines();
  }

  #start(): Run {
    const { blender, bootScript, home, env, headless = false, mode, startTimeoutMs = 60_000 } = this.#options;
    const abort = new AbortController();
    this.#log = new LineLog(this.#options.onLine);
    this.observe({ type: 'launch' });
    const started = startBlender({
      blender,
      bootScript,
      home,
      env,
      headless,
      mode,
      startTimeoutMs,
      signal: abort.signal,
      log: this.#log,
      onSpawned: () => this.observe({ type: 'launched' }),
    });
    return { abort, started, over: this.#watch(started) };
  }

  async #watch(started: Promise<BlenderProcess>): Promise<void> {
    try {
      const blender = await started;
      this.observe({ type: 'listening' });
      const how = await blender.ended;
      this.#gone('blender-gone', `Blender ended by itself (${how}).`);
    } catch (thrown) {
      this.#gone(thrown instanceof ForgeError ? thrown.code : 'internal', reasonOf(thrown));
    }
  }

  #gone(code: string, message: string): void {
    this.#run = null;
    this.observe({ type: 'gone', failure: { code, message } });
  }
}
