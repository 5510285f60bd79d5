/** What a VRM shows, triangle by triangle. */
import { readAccessorValues } from '../../../src/core/vrm/accessorData.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { type Gltf, readGltf } from '../../../src/core/vrm/gltf.ts';
import { indexIn, type JsonObject, listIn, objectIn, textIn } from '../../../src/core/vrm/json.ts';
import {
  type Affine,
  fromColumns,
  IDENTITY,
  multiply,
  subtract,
  transform,
  type Vec3,
} from '../../../src/core/vrm/linear.ts';
import { Scene } from '../../../src/core/vrm/scene.ts';

/** Facts of a vertex by their names, lengths in metres of the world at rest as 1.0 has it, weights by the bones' names. */
export interface Vertex {
  readonly facts: ReadonlyMap<string, readonly number[]>;
  /** Beside a triangle without area, where Blender cannot keep a normal. */
  readonly flat?: boolean;
}
export type Triangle = readonly [Vertex, Vertex, Vertex];
/** Triangles by the mesh's node and the material. */
export type Surface = ReadonlyMap<string, readonly Triangle[]>;

/** Square metres. */
const FLAT = 1e-10;

export function surface(bytes: Uint8Array): Surface {
  const glb = readGlb(bytes);
  const gltf = readGltf(glb.json, glb.bin);
  const json = objectIn(glb.json);
  const scene = new Scene(gltf);
  const turned = !('VRMC_vrm' in gltf.extensions);
  const bones = bonesOf(gltf);
  const found = new Map<string, Triangle[]>();
  for (const node of scene.reachable) {
    const mesh = listIn(json['meshes']).map(objectIn)[gltf.nodes[node]?.mesh ?? -1];
    for (const primitive of listIn(mesh?.['primitives']).map(objectIn)) {
      const name = `${scene.nameOf(node)} in ${gltf.materials[indexIn(primitive['material']) ?? -1]}`;
      const vertices = verticesOf({
        gltf,
        scene,
        node,
        primitive,
        turned,
        bones,
        keys: keysOf(mesh, primitive),
      });
      found.set(name, [...(found.get(name) ?? []), ...trianglesOf(gltf, primitive, vertices)]);
    }
  }
  return found;
}

interface Part {
  readonly gltf: Gltf;
  readonly scene: Scene;
  readonly node: number;
  readonly primitive: JsonObject;
  readonly turned: boolean;
  readonly bones: ReadonlySet<number>;
  readonly keys: readonly string[];
}

function verticesOf(part: Part): Vertex[] {
  const { gltf, primitive, turned, keys } = part;
  const attributes = objectIn(primitive['attributes']);
  const read = (from: JsonObject, name: string): ArrayLike<number> | null =>
    valuesOf(gltf, indexIn(from[name]));
  const positions = read(attributes, 'POSITION') ?? [];
  const normals = read(attributes, 'NORMAL');
  const uvs = [0, 1, 2].map((set) => read(attributes, `TEXCOORD_${set}`));
  const colours = read(attributes, 'COLOR_0');
  const targets = listIn(primitive['targets'])
    .map(objectIn)
    .map((target) => ({ moved: read(target, 'POSITION'), bent: read(target, 'NORMAL') }));
  const hold = holdOf(part);
  const turn = ([x, y, z]: Vec3): Vec3 => (turned ? [-x, y, -z] : [x, y, z]);
  return Array.from({ length: positions.length / 3 }, (_, n) => {
    const { weights, matrix } = hold(n);
    const linear = { ...matrix, t: [0, 0, 0] as const };
    const facts = new Map<string, readonly number[]>();
    const put = (fact: string, values: readonly number[]): void => {
      if (values.some((value) => value !== 0)) facts.set(fact, values);
    };
    put('position', turn(transform(matrix, three(positions, n))));
    if (normals !== null) put('normal', unit(turn(transform(linear, three(normals, n)))));
    uvs.forEach((uv, set) => {
      if (uv !== null) put(`uv ${set}`, [uv[2 * n] ?? 0, uv[2 * n + 1] ?? 0]);
    });
    if (colours !== null)
      put(
        'colour',
        Array.from({ length: 4 }, (__, channel) => colours[4 * n + channel] ?? 0),
      );
    for (const [bone, weight] of weights) put(`weight of ${bone}`, [weight]);
    targets.forEach(({ moved, bent }, at) => {
      if (moved !== null) put(`key ${keys[at]}`, turn(transform(linear, three(moved, n))));
      if (bent !== null) put(`keyNormal ${keys[at]}`, turn(transform(linear, three(bent, n))));
    });
    return { facts };
  });
}

/** By which bones a vertex is held, and what they make of it at rest; a rigid part hangs from the bone above it. */
function holdOf({ gltf, scene, node, primitive, bones }: Part): (n: number) => {
  weights: ReadonlyMap<string, number>;
  matrix: Affine;
} {
  const skin = gltf.skins[gltf.nodes[node]?.skin ?? -1];
  if (skin === undefined) {
    let bone: number | null = node;
    while (bone !== null && !bones.has(bone)) bone = scene.parentOf(bone);
    const held = {
      weights: new Map(bone === null ? [] : [[scene.nameOf(bone), 1]]),
      matrix: scene.world(node),
    };
    return () => held;
  }
  const binds = valuesOf(gltf, skin.inverseBindMatrices) ?? [];
  const matrices = skin.joints.map((joint, n) =>
    multiply(scene.world(joint), fromColumns(binds, 16 * n) ?? IDENTITY),
  );
  const attributes = objectIn(primitive['attributes']);
  const sets = [0, 1].map((set) => ({
    joints: valuesOf(gltf, indexIn(attributes[`JOINTS_${set}`])) ?? [],
    weights: valuesOf(gltf, indexIn(attributes[`WEIGHTS_${set}`])) ?? [],
  }));
  return (n) => {
    const weights = new Map<string, number>();
    const parts: { matrix: Affine; weight: number }[] = [];
    for (const set of sets)
      for (let at = 4 * n; at < 4 * n + 4; at++) {
        const [joint = 0, weight = 0] = [set.joints[at], set.weights[at]];
        if (weight === 0) continue;
        const bone = scene.nameOf(skin.joints[joint] ?? null);
        weights.set(bone, (weights.get(bone) ?? 0) + weight);
        parts.push({ matrix: matrices[joint] ?? IDENTITY, weight });
      }
    return { weights, matrix: blended(parts) };
  };
}

function blended(parts: readonly { matrix: Affine; weight: number }[]): Affine {
  const column = (name: keyof Affine): Vec3 => {
    const along = (axis: 0 | 1 | 2): number =>
      parts.reduce((sum, { matrix, weight }) => sum + weight * matrix[name][axis], 0);
    return [along(0), along(1), along(2)];
  };
  return { x: column('x'), y: column('y'), z: column('z'), t: column('t') };
}

function trianglesOf(gltf: Gltf, primitive: JsonObject, vertices: readonly Vertex[]): Triangle[] {
  const indices = valuesOf(gltf, indexIn(primitive['indices'])) ?? vertices.map((_, n) => n);
  const triangles = Array.from({ length: Math.floor(indices.length / 3) }, (_, n) => {
    const corner = (at: number): Vertex => vertices[indices[3 * n + at] ?? -1] ?? { facts: new Map() };
    const triangle: Triangle = [corner(0), corner(1), corner(2)];
    return 'NORMAL' in objectIn(primitive['attributes']) ? triangle : faceted(triangle);
  });
  const flat = new Set(triangles.filter(isFlat).flat());
  const marked = new Map([...flat].map((vertex) => [vertex, { ...vertex, flat: true }]));
  return triangles.map((triangle) => mapped(triangle, (vertex) => marked.get(vertex) ?? vertex));
}

/** As at the pole of a sphere. */
function isFlat(triangle: Triangle): boolean {
  return Math.hypot(...across(triangle)) / 2 < FLAT;
}

/** Where a file has no normals, those of its triangles are meant. */
function faceted(triangle: Triangle): Triangle {
  const normal = unit(across(triangle));
  return mapped(triangle, ({ facts }) => ({ facts: new Map([...facts, ['normal', normal]]) }));
}

/** Upright on the triangle, twice its area long. */
function across(triangle: Triangle): Vec3 {
  const [p, q, r] = mapped(triangle, ({ facts }) => three(facts.get('position') ?? [], 0));
  const [u, v] = [subtract(q, p), subtract(r, p)];
  return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
}

function mapped<Mapped>([a, b, c]: Triangle, of: (vertex: Vertex) => Mapped): [Mapped, Mapped, Mapped] {
  return [of(a), of(b), of(c)];
}

/** Nodes that hold something: joints, and what the humanoid names. */
export function bonesOf(gltf: Gltf): ReadonlySet<number> {
  const human = objectIn(objectIn(objectIn(gltf.extensions['VRMC_vrm'])['humanoid'])['humanBones']);
  const named = Object.values(human).flatMap((bone) => indexIn(objectIn(bone)['node']) ?? []);
  return new Set([...gltf.skins.flatMap(({ joints }) => joints), ...named]);
}

function keysOf(mesh: JsonObject | undefined, primitive: JsonObject): string[] {
  const names = objectIn(mesh?.['extras'])['targetNames'] ?? objectIn(primitive['extras'])['targetNames'];
  return listIn(primitive['targets']).map((_, at) => textIn(listIn(names)[at]) ?? `key ${at}`);
}

/** Every value of an accessor, sparse ones put in. */
function valuesOf(gltf: Gltf, index: number | null): ArrayLike<number> | null {
  const values = readAccessorValues(gltf, index);
  const accessor = gltf.accessors[index ?? -1];
  if (values === null || accessor === undefined) return null;
  const { base, sparse } = values;
  if (sparse === null) return base;
  const width = sparse.values.length / Math.max(1, sparse.indices.length);
  const all = base === null ? new Float32Array(accessor.count * width) : Float32Array.from(base);
  sparse.indices.forEach((at, n) => {
    for (let part = 0; part < width; part++) all[at * width + part] = sparse.values[n * width + part] ?? 0;
  });
  return all;
}

function three(values: ArrayLike<number>, n: number): Vec3 {
  return [values[3 * n] ?? 0, values[3 * n + 1] ?? 0, values[3 * n + 2] ?? 0];
}

function unit([x, y, z]: Vec3): Vec3 {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
