/** The world as the avatar sees it: without its own head, from between its eyes. */
import { Vector3 } from 'three';
import type { Model } from '../model.ts';
import type { Shot } from '../framing.ts';
import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

/** How far ahead it looks, and how far down: at its own hands, in metres. */
const AHEAD_M = 1;
const DOWN_M = 0.55;
const WIDE_DEG = 70;

export class EyesView implements Feature {
  readonly #stage: Stage;
  #model: Model | null = null;
  #before: Shot | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get isOn(): boolean {
    return this.#before !== null;
  }

  set isOn(isOn: boolean) {
    if (isOn === this.isOn) return;
    this.#before = isOn ? this.#stage.view : this.#leave();
    if (isOn) this.#enter();
  }

  show(model: Model | null): void {
    this.#model = model;
    if (this.isOn) this.#enter();
  }

  #enter(): void {
    const vrm = this.#model?.vrm;
    const head = vrm?.humanoid.getRawBoneNode('head') ?? null;
    if (vrm === undefined || head === null) return;
    const from = vrm.lookAt?.getLookAtWorldPosition(new Vector3()) ?? head.getWorldPosition(new Vector3());
    const target = from.clone().add(new Vector3(0, -DOWN_M, AHEAD_M));
    vrm.firstPerson?.setup(); // makes headless copies, which are freed with the model
    this.#stage.lookThrough(WIDE_DEG, vrm.firstPerson ?? null);
    this.#stage.look({ position: from.add(new Vector3(0, 0, 0.02)), target, near: 0.02, far: 100 });
  }

  #leave(): null {
    this.#stage.lookThrough(null, this.#model?.vrm.firstPerson ?? null);
    if (this.#before !== null) this.#stage.look(this.#before);
    return null;
  }
}
