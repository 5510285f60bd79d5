/** Where the eyes look: nowhere in particular, at the camera, or at the mouse. */
import { Object3D, Vector3 } from 'three';
import type { Model } from '../model.ts';
import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

export type GazeTarget = 'ahead' | 'camera' | 'mouse';

export class Gaze implements Feature {
  readonly #stage: Stage;
  readonly #target = new Object3D();
  #model: Model | null = null;
  #at: GazeTarget = 'ahead';

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get at(): GazeTarget {
    return this.#at;
  }

  set at(at: GazeTarget) {
    this.#at = at;
    this.#aim(at);
  }

  show(model: Model | null): void {
    this.#aim('ahead');
    this.#model = model;
    this.#aim(this.#at);
  }

  update(): void {
    const lookAt = this.#model?.lookAt ?? null;
    if (this.#at === 'ahead' || lookAt === null) return;
    if (this.#at === 'camera') this.#stage.cameraPosition(this.#target.position);
    else {
      // On a plane between the face and the camera, as if the mouse hung there.
      const eyes = lookAt.getLookAtWorldPosition(new Vector3());
      this.#target.position.copy(this.#stage.pointerNear(eyes, 0.75));
    }
    this.#target.updateMatrixWorld();
  }

  #aim(at: GazeTarget): void {
    const lookAt = this.#model?.lookAt ?? null;
    if (lookAt === null) return;
    lookAt.target = at === 'ahead' ? null : this.#target;
    if (at === 'ahead') lookAt.reset();
  }
}
