/** Where the meshes are in the world at rest. */
import { readAccessorValues } from './accessorData.ts';
import type { Accessor, Gltf, GltfNode, Primitive } from './gltf.ts';
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

/** The box around all meshes of the scene at rest; `null` where no mesh tells its size. */
export function restBounds(gltf: Gltf, scene: Scene): Box | null {
  const boxes = scene.reachable.flatMap((index) => {
    const node = gltf.nodes[index];
    const matrices = node === undefined ? [] : jointMatrices(gltf, scene, node);
    const [first = scene.world(index)] = matrices;
    const posed = matrices.some((matrix) => difference(matrix, first) > SAME_MATRIX);
    return (gltf.meshes[node?.mesh ?? -1]?.primitives ?? []).flatMap((primitive) => {
      const box = boxOf(gltf.accessors[primitive.position ?? -1]);
      if (box === null) return [];
      // Usually a model is saved in its bind pose and the box moves as one; else every vertex is skinned.
      return (posed ? skinnedBox(gltf, primitive, matrices) : null) ?? transformBox(first, box);
    });
  });
  return boxes.length === 0 ? null : boxes.reduce(unite);
}

/** Metres in the world for each unit in the mesh of a node: a skinned mesh follows its joints, not its node. */
export function meshScale(gltf: Gltf, scene: Scene, index: number): number {
  const node = gltf.nodes[index];
  const [first = scene.world(index)] = node === undefined ? [] : jointMatrices(gltf, scene, node);
  return scaleOf(first);
}

/** What each joint of a node's skin does to a vertex at rest; nothing where the node has no skin. */
function jointMatrices(gltf: Gltf, scene: Scene, node: GltfNode): readonly Affine[] {
  const skin = gltf.skins[node.skin ?? -1];
  if (skin === undefined) return [];
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
