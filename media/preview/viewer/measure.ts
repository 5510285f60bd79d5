/** What an expression does at full weight, by the geometry that is drawn. */
import { Vector3 } from 'three';
import type { Mesh } from 'three';
import { meshesOf } from './model.ts';
import type { Model } from './model.ts';

/** Less than a hundredth of a millimetre is no movement. */
const STILL_M = 1e-5;

export interface Movement {
  readonly movedVertices: number;
  readonly maxDeltaM: number;
}

/** Compares the vertices with `name` at full weight and with no expression; leaves it at full weight. */
export function movementOf(model: Model, name: string): Movement {
  model.resetExpressions();
  const meshes = meshesOf(model.vrm).filter((mesh) => (mesh.morphTargetInfluences?.length ?? 0) > 0);
  const before = meshes.map((mesh) => [...(mesh.morphTargetInfluences ?? [])]);
  model.setExpression(name, 1);
  const measured = new Set<unknown>();
  let movedVertices = 0;
  let maxDeltaM = 0;
  meshes.forEach((mesh, m) => {
    const position = mesh.geometry.getAttribute('position');
    if (measured.has(position)) return; // primitives often share one vertex buffer
    const steps = distances(mesh, before[m] ?? []);
    if (steps.length > 0) measured.add(position);
    for (const step of steps) {
      if (step >= STILL_M) movedVertices++;
      maxDeltaM = Math.max(maxDeltaM, step);
    }
  });
  return { movedVertices, maxDeltaM };
}

/** How far each vertex that moves at all is, in the world, from where it was under the influences of before. */
function distances(mesh: Mesh, before: readonly number[]): readonly number[] {
  const after = [...(mesh.morphTargetInfluences ?? [])];
  const changed = (mesh.geometry.morphAttributes.position ?? []).filter((_, n) => after[n] !== before[n]);
  const { count } = mesh.geometry.getAttribute('position');
  const place = (influences: readonly number[], n: number): Vector3 => {
    mesh.morphTargetInfluences = [...influences];
    return mesh.getVertexPosition(n, new Vector3()).applyMatrix4(mesh.matrixWorld);
  };
  const steps: number[] = [];
  for (let n = 0; n < count; n++) {
    // Skinning one vertex costs as much as looking at hundreds of deltas, and most of those are zero.
    if (!changed.some((morph) => morph.getX(n) !== 0 || morph.getY(n) !== 0 || morph.getZ(n) !== 0)) continue;
    steps.push(place(after, n).distanceTo(place(before, n)));
  }
  mesh.morphTargetInfluences = after;
  return steps;
}
