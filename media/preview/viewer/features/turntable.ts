import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

const TURN_DEG_PER_S = 30;

/** The camera goes round the model, once in twelve seconds. */
export class Turntable implements Feature {
  readonly #stage: Stage;
  isOn = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  show(): void {
    // It turns whichever model there is.
  }

  update(seconds: number): void {
    if (this.isOn) this.#stage.orbit(TURN_DEG_PER_S * seconds, 0);
  }
}
