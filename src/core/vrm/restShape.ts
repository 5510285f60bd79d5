/** Where the meshes are in the world at rest. */
import { readAccessorValues } from './accessorData.ts';
import type { Accessor, Gltf, Primitive, Skin } from './gltf.ts';
import {
  difference,
  fromColumns,
  IDENTITY,
  multiply,
  scaleOf,
  transform,
  transformBox,
  unite,
} from './linear.ts';
import type { Affine, Box, Vec3 } from './linear.ts';
import type { Scene } from './scene.ts';

/** Joint matrices of a skin at rest that differ by less are one and the same. */
const SAME_MATRIX = 1e-3;

/** What it costs to move a box. */
const STEPS_OF_BOX = 32;

/** What each joint of a skin does to a vertex at rest. */
interface SkinAtRest {
  readonly matrices: readonly Affine[];
  /** Not in its bind pose: the joints do not all do the same. */
  readonly isPosed: boolean;
}

/** The box around all meshes of the scene at rest; `null` where no mesh tells its size. */
export function restBounds(gltf: Gltf, scene: Scene): Box | null {
  const skins = new Map<number, SkinAtRest>();
  const atRest = (index: number): SkinAtRest => {
    const known = skins.get(index);
    if (known !== undefined) return known;
    const matrices = jointMatrices(gltf, scene, gltf.skins[index]);
    const [first = IDENTITY] = matrices;
    const skin = { matrices, isPosed: matrices.some((matrix) => difference(matrix, first) > SAME_MATRIX) };
    skins.set(index, skin);
    return skin;
  };
  let bounds: Box | null = null;
  for (const index of scene.reachable) {
    const { mesh, skin } = gltf.nodes[index] ?? {};
    const { matrices, isPosed } = atRest(skin ?? -1);
    for (const primitive of gltf.meshes[mesh ?? -1]?.primitives ?? []) {
      if (!gltf.effort.take(STEPS_OF_BOX)) return bounds;
      const box = boxOf(gltf.accessors[primitive.position ?? -1]);
      if (box === null) continue;
      // Usually a model is saved in its bind pose and the box moves as one; else every vertex is skinned.
      const posed = isPosed ? skinnedBox(gltf, primitive, matrices) : null;
      const moved = posed ?? transformBox(matrices[0] ?? scene.world(index), box);
      bounds = bounds === null ? moved : unite(bounds, moved);
    }
  }
  return bounds;
}

/** Metres in the world for each unit in the mesh of a node: a skinned mesh follows its joints, not its node. */
export function meshScale(gltf: Gltf, scene: Scene, index: number): number {
  const { joints = [], inverseBindMatrices = null } = gltf.skins[gltf.nodes[index]?.skin ?? -1] ?? {};
  const [first] = jointMatrices(gltf, scene, { joints: joints.slice(0, 1), inverseBindMatrices });
  return scaleOf(first ?? scene.world(index));
}

/** Nothing where there is no skin. */
function jointMatrices(gltf: Gltf, scene: Scene, skin: Skin | undefined): readonly Affine[] {
  if (skin === undefined || skin.joints.length === 0) return [];
  const bind = readAccessorValues(gltf, skin.inverseBindMatrices)?.base ?? null;
  // Where the bytes are not at hand the skin is taken to be saved in its bind pose.
  if (skin.inverseBindMatrices !== null && bind === null) return [IDENTITY];
  return skin.joints.map((joint, n) =>
    multiply(scene.world(joint), (bind === null ? null : fromColumns(bind, 16 * n)) ?? IDENTITY),
  );
}

function skinnedBox(gltf: Gltf, primitive: Primitive, matrices: readonly Affine[]): Box | null {
  const positions = readAccessorValues(gltf, primitive.position)?.base ?? null;
  const joints = readAccessorValues(gltf, primitive.joints)?.base ?? null;
  const weights = readAccessorValues(gltf, primitive.weights)?.base ?? null;
  if (positions === null || joints === null || weights === null) return null;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const count = Math.min(positions.length / 3, joints.length / 4, weights.length / 4);
  for (let n = 0; n < count; n++) {
    const rest: Vec3 = [positions[3 * n] ?? 0, positions[3 * n + 1] ?? 0, positions[3 * n + 2] ?? 0];
    const at: [number, number, number] = [0, 0, 0];
    for (let j = 4 * n; j < 4 * n + 4; j++) {
      const weight = weights[j] ?? 0;
      const matrix = matrices[joints[j] ?? 0];
      if (weight === 0 || matrix === undefined) continue;
      const moved = transform(matrix, rest);
      at[0] += weight * moved[0];
      at[1] += weight * moved[1];
      at[2] += weight * moved[2];
    }
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], at[axis]);
      max[axis] = Math.max(max[axis], at[axis]);
    }
  }
  return count === 0 ? null : { min, max };
}

function boxOf(accessor: Accessor | undefined): Box | null {
  const [x, y, z] = accessor?.min ?? [];
  const [u, v, w] = accessor?.max ?? [];
  if (x === undefined || y === undefined || z === undefined) return null;
  return u === undefined || v === undefined || w === undefined ? null : { min: [x, y, z], max: [u, v, w] };
}
