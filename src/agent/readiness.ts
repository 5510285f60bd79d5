import { shakeHands } from '../adapters/blender/dial.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import { toForgeError } from '../core/errors.ts';
import { deadlines } from '../core/wire/deadlines.ts';

/** Null: Blender is up. Otherwise the code of what is in the way. */
export type Obstacle = string | null;

/** For how long an answer holds, in ms: whoever asks needs no token, and is not to keep Blender busy. */
const freshMs = 2_000;

/** Asks the add-on by the hello of the wire. One that wants a token which the agent lacks is up all the same. */
export class Readiness {
  readonly #blender: BlenderEndpoint;
  readonly #client: string;
  #last: { readonly at: number; readonly obstacle: Promise<Obstacle> } | null = null;

  constructor(blender: BlenderEndpoint, client: string) {
    this.#blender = blender;
    this.#client = client;
  }

  /** Never rejects. */
  check(): Promise<Obstacle> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at > freshMs) this.#last = { at: now, obstacle: this.#ask() };
    return this.#last.obstacle;
  }

  async #ask(): Promise<Obstacle> {
    try {
      const { connection, step } = await shakeHands(this.#blender, false, {
        client: this.#client,
        deadlines,
        signal: AbortSignal.timeout(deadlines.connectMs),
      });
      connection.close();
      if (step.is === 'failed' && step.error.code !== 'auth-failed') return step.error.code;
      return null;
    } catch (thrown) {
      return toForgeError(thrown, 'internal', 'Asking failed', 'Please report it.').code;
    }
  }
}
