import type { Model } from '../model.ts';

/**
 * Something that is done to whichever model is shown: one file, one line in index.ts. Its settings are its own, so that they
 * outlive the model when its file is written anew.
 */
export interface Feature {
  /** A model comes on the stage, or goes; what was done to the one before is undone first, what was made for it is freed. */
  show(model: Model | null): void;
  /** Time passes, before the model's own update. In seconds. */
  update?(seconds: number): void;
}
