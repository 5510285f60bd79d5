import { FrameClock } from './frameClock.ts';

/** After a pause (a hidden tab) time goes on from where it stood. */
const MAX_FRAME_S = 0.1;

/** Draws frame after frame in real time, while somebody wants to see them and can. */
export class LiveLoop {
  readonly clock = new FrameClock();
  readonly #draw: (seconds: number) => void;
  #live = false;
  #seen = true;
  #running = false;

  constructor(draw: (seconds: number) => void) {
    this.#draw = draw;
  }

  set live(live: boolean) {
    this.#live = live;
    this.#run();
  }

  /** Whether the canvas is anywhere on the screen. */
  get seen(): boolean {
    return this.#seen;
  }

  set seen(seen: boolean) {
    this.#seen = seen;
    this.#run();
  }

  #run(): void {
    if (this.#running || !this.#live || !this.#seen) return;
    this.#running = true;
    let last = performance.now();
    const next = (now: number): void => {
      this.#running = this.#live && this.#seen;
      if (!this.#running) return;
      const started = performance.now();
      this.#draw(Math.min(MAX_FRAME_S, Math.max(0, now - last) / 1000));
      this.clock.note(performance.now() - started, now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
}
