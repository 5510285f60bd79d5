/** A second model beside the first: same camera, same pose, same face. */
import { Group } from 'three';
import type { Object3D } from 'three';
import type { Model } from '../model.ts';
import type { Stage } from '../stage.ts';
import { Face } from './face.ts';
import type { Feature } from './feature.ts';
import { Motion } from './motion.ts';

export class Comparison implements Feature {
  readonly #stage: Stage;
  readonly #main: { readonly motion: Motion; readonly face: Face };
  readonly #motion = new Motion();
  readonly #face = new Face();
  #first: Object3D | null = null;
  #second: Model | null = null;

  constructor(stage: Stage, main: { readonly motion: Motion; readonly face: Face }) {
    this.#stage = stage;
    this.#main = main;
  }

  get model(): Model | null {
    return this.#second;
  }

  show(model: Model | null): void {
    this.#first = model?.vrm.scene ?? null;
    this.#split();
  }

  /** Takes it as its own: it is freed when another comes, or none. */
  with(model: Model | null): void {
    this.#face.show(null);
    this.#motion.show(null);
    if (this.#second !== null) {
      this.#stage.remove(this.#second.vrm.scene);
      this.#second.dispose();
    }
    this.#second = model;
    if (model !== null) {
      this.#stage.add(model.vrm.scene);
      this.#motion.show(model);
      this.#face.show(model);
      this.update(0);
    }
    this.#split();
  }

  update(seconds: number): void {
    if (this.#second === null) return;
    this.#motion.mirror(this.#main.motion);
    this.#motion.update(seconds);
    this.#face.mirror(this.#main.face);
    this.#face.update(seconds);
    this.#second.advance(seconds);
  }

  #split(): void {
    const second = this.#second?.vrm.scene;
    this.#stage.halves = second === undefined ? null : [this.#first ?? new Group(), second];
  }
}
