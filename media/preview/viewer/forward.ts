/** Lines over a model. Asking for no depth is not enough: see-through surfaces are drawn last, MToon's by an order of their own. */
import { Group, LineSegments } from 'three';
import type { Material, Object3D } from 'three';

/** Above any order that MToon gives. */
const LAST = 1_000;

export function bringForward<T extends Object3D>(lines: T): T {
  lines.traverse((object) => {
    if (object instanceof Group || object instanceof LineSegments) object.renderOrder = LAST;
    if (!(object instanceof LineSegments)) return;
    const materials: readonly Material[] = [object.material as Material | Material[]].flat();
    for (const material of materials) {
      material.depthTest = false;
      material.transparent = true;
    }
  });
  return lines;
}
