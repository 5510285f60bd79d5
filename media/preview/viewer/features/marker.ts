/** A frame around what a finding is about. */
import { Box3, Box3Helper, Vector3 } from 'three';
import type { Object3D } from 'three';
import type { FindingPlace } from '../../../../src/protocol/preview.ts';
import { bringForward } from '../forward.ts';
import type { Model } from '../model.ts';
import { objectsAt } from '../places.ts';
import type { Stage } from '../stage.ts';
import type { Feature } from './feature.ts';

/** Half the side of the frame around a bone, in metres. */
const BONE_M = 0.09;

export class Marker implements Feature {
  readonly #stage: Stage;
  #model: Model | null = null;
  #frame: Box3Helper | null = null;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  show(model: Model | null): void {
    this.#model = model;
    this.clear();
  }

  clear(): void {
    if (this.#frame === null) return;
    this.#stage.remove(this.#frame);
    this.#frame.dispose();
    this.#frame = null;
  }

  /** Frames the place; null where the model has nothing there. */
  mark(place: FindingPlace): Box3 | null {
    this.clear();
    const box = this.#model === null ? null : around(objectsAt(this.#model, place));
    if (box === null) return null;
    this.#frame = bringForward(new Box3Helper(box, 0xe0567a));
    this.#stage.add(this.#frame);
    return box;
  }
}

function around(objects: readonly Object3D[]): Box3 | null {
  const box = new Box3();
  for (const object of objects) {
    const own = new Box3().setFromObject(object, true);
    if (own.isEmpty())
      own.setFromCenterAndSize(
        object.getWorldPosition(new Vector3()),
        new Vector3(BONE_M, BONE_M, BONE_M).multiplyScalar(2),
      );
    box.union(own);
  }
  if (box.isEmpty()) return null;
  const least = new Vector3().setScalar(BONE_M);
  return box.expandByVector(least.sub(box.getSize(new Vector3()).multiplyScalar(0.5)).clampScalar(0, BONE_M));
}
