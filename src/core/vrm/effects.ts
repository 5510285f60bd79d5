/** What an expression does at full weight: not what it declares, but what its data moves. */
import { readAccessorValues } from './accessorData.ts';
import type { Gltf } from './gltf.ts';
import type { DeclaredExpression, ExpressionEffect, MorphBind } from './model.ts';
import { meshScale } from './restShape.ts';
import type { Scene } from './scene.ts';

/** Less than a hundredth of a millimetre is no movement. */
const STILL_M = 1e-5;
/** What it costs to lay a bind over a primitive. */
const STEPS_OF_BIND = 32;

/** One vertex buffer, and the weighted morphs (accessor → weight) an expression lays on it. */
interface MorphedBuffer {
  readonly position: number;
  readonly layers: Map<number, number>;
  /** World metres a unit. */
  readonly scale: number;
}

/** Gives the measure of any expression of a model. */
export function effectMeter(gltf: Gltf, scene: Scene): (expression: DeclaredExpression) => ExpressionEffect {
  const scales = new Map<number, number>();
  const scaleOfMesh = (node: number): number => {
    const scale = scales.get(node) ?? meshScale(gltf, scene, node);
    scales.set(node, scale);
    return scale;
  };
  const nodeOfMesh = new Map<number, number>();
  gltf.nodes.forEach(({ mesh }, node) => {
    if (mesh !== null && !nodeOfMesh.has(mesh)) nodeOfMesh.set(mesh, node);
  });
  const nodeOf = ({ node, mesh }: MorphBind): number => node ?? nodeOfMesh.get(mesh ?? -1) ?? -1;
  return (expression) => effectOf(gltf, expression, { scaleOfMesh, nodeOf });
}

interface Nodes {
  readonly scaleOfMesh: (node: number) => number;
  readonly nodeOf: (bind: MorphBind) => number;
}

function effectOf(gltf: Gltf, expression: DeclaredExpression, nodes: Nodes): ExpressionEffect {
  let vertices: number | null = 0;
  let maxDelta = 0;
  for (const buffer of morphedBuffers(gltf, expression, nodes)) {
    const bound = boundOf(gltf, buffer.layers) * buffer.scale;
    if (bound < STILL_M) continue; // min and max say that nothing moves: the bytes need not be read
    const deltas = deltasOf(gltf, buffer);
    const moved = deltas === null ? null : measure(deltas.values, deltas.weight * buffer.scale);
    vertices = moved === null || vertices === null ? null : vertices + moved.vertices;
    maxDelta = Math.max(maxDelta, moved?.maxDeltaM ?? bound);
  }
  return {
    vertices,
    maxDeltaM: Number.isFinite(maxDelta) ? maxDelta : null,
    materialBinds: expression.materialBinds,
    textureBinds: expression.textureBinds,
  };
}

/** Nothing at all can be seen of it. */
export function isDead(effect: ExpressionEffect): boolean {
  const still = effect.maxDeltaM !== null && effect.maxDeltaM < STILL_M;
  return still && effect.materialBinds === 0 && effect.textureBinds === 0;
}

function morphedBuffers(
  gltf: Gltf,
  expression: DeclaredExpression,
  { scaleOfMesh, nodeOf }: Nodes,
): readonly MorphedBuffer[] {
  const buffers = new Map<string, MorphedBuffer>();
  for (const bind of expression.morphs) {
    if (bind.weight === 0 || bind.target === null) continue;
    const node = nodeOf(bind);
    for (const { position, targets } of gltf.meshes[bind.mesh ?? -1]?.primitives ?? []) {
      if (!gltf.effort.take(STEPS_OF_BIND)) return [...buffers.values()];
      const morph = targets[bind.target] ?? null;
      if (morph === null || position === null) continue;
      const key = `${node}:${position}`; // primitives often share one vertex buffer
      const buffer = buffers.get(key) ?? { position, layers: new Map(), scale: scaleOfMesh(node) };
      buffer.layers.set(morph, bind.weight);
      buffers.set(key, buffer);
    }
  }
  return [...buffers.values()];
}

/** The longest delta there can be: the far corners of the accessors' boxes; infinite where one has no box. */
function boundOf(gltf: Gltf, layers: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const [accessor, weight] of layers) {
    const { min = null, max = null } = gltf.accessors[accessor] ?? {};
    if (min === null || max === null) return Infinity;
    const corner = min.slice(0, 3).map((low, n) => Math.max(Math.abs(low), Math.abs(max[n] ?? 0)));
    total += Math.abs(weight) * Math.hypot(...corner);
  }
  return total;
}

interface Deltas {
  readonly values: ArrayLike<number>;
  readonly weight: number;
}

function deltasOf(gltf: Gltf, buffer: MorphedBuffer): Deltas | null {
  const layers = [...buffer.layers].map(([accessor, weight]) => ({
    data: readAccessorValues(gltf, accessor),
    weight,
  }));
  const [only] = layers;
  const dense = only?.data?.sparse === null ? only.data.base : null;
  if (only !== undefined && dense !== null && layers.length === 1) {
    return { values: dense, weight: only.weight }; // the usual case needs no copy
  }
  const positions = readAccessorValues(gltf, buffer.position)?.base ?? null;
  if (positions === null) return null;
  const sum = new Float32Array(positions.length);
  for (const { data, weight } of layers) {
    if (data === null) return null;
    const { base, sparse } = data;
    for (let n = 0; base !== null && n < base.length; n++) sum[n] = (sum[n] ?? 0) + weight * (base[n] ?? 0);
    sparse?.indices.forEach((vertex, n) => {
      for (let c = 0; c < 3; c++) {
        const at = 3 * vertex + c;
        sum[at] = (sum[at] ?? 0) + weight * ((sparse.values[3 * n + c] ?? 0) - (base?.[at] ?? 0));
      }
    });
  }
  return { values: sum, weight: 1 };
}

function measure(
  deltas: ArrayLike<number>,
  scale: number,
): { readonly vertices: number; readonly maxDeltaM: number } {
  const least = (STILL_M / scale) ** 2;
  let vertices = 0;
  let longest = 0;
  for (let n = 0; n + 2 < deltas.length; n += 3) {
    const x = deltas[n] ?? 0;
    const y = deltas[n + 1] ?? 0;
    const z = deltas[n + 2] ?? 0;
    const squared = x * x + y * y + z * z;
    if (squared >= least) vertices++;
    if (squared > longest) longest = squared;
  }
  return { vertices, maxDeltaM: Math.abs(scale) * Math.sqrt(longest) };
}
