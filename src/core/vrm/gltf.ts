/**
 * The parts of a glTF document that a VRM checker looks at, with types. What is malformed becomes `null` or is left out:
 * whether the JSON obeys glTF's own rules is Khronos' validator's business.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#properties-reference
 */
import { Effort } from './effort.ts';
import type { BinChunk } from './glb.ts';
import { indexIn, indicesIn, flagIn, listIn, numbersIn, objectIn, objectOrNull, textIn } from './json.ts';
import type { JsonObject } from './json.ts';
import { fromColumns, fromTrs } from './linear.ts';
import type { Affine, Quaternion, Vec3 } from './linear.ts';

export interface GltfNode {
  /** The node's name, or `node 12` where it has none. */
  readonly name: string;
  readonly children: readonly number[];
  readonly mesh: number | null;
  readonly skin: number | null;
  readonly scale: Vec3;
  readonly local: Affine;
  readonly extensions: JsonObject;
}

export interface Primitive {
  readonly position: number | null;
  /** Of up to four joints a vertex; more are rare, and weigh little. */
  readonly joints: number | null;
  readonly weights: number | null;
  /** Vertices have more than four joints. */
  readonly moreJoints: boolean;
  readonly indices: number | null;
  readonly mode: number;
  /** The accessor of each morph target's POSITION deltas. */
  readonly targets: readonly (number | null)[];
}

export interface Mesh {
  readonly name: string;
  readonly primitives: readonly Primitive[];
}

export interface SparsePart {
  readonly count: number;
  readonly indices: {
    readonly bufferView: number;
    readonly byteOffset: number;
    readonly componentType: number;
  };
  readonly values: { readonly bufferView: number; readonly byteOffset: number };
}

export interface Accessor {
  readonly bufferView: number | null;
  readonly byteOffset: number;
  readonly componentType: number;
  readonly normalized: boolean;
  readonly type: string;
  readonly count: number;
  readonly min: readonly number[] | null;
  readonly max: readonly number[] | null;
  readonly sparse: SparsePart | null;
}

export interface BufferView {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly byteStride: number | null;
  /** Its bytes lie in the GLB's own binary chunk, not compressed. */
  readonly plain: boolean;
}

export interface Image {
  readonly name: string;
  readonly mimeType: string | null;
  readonly bufferView: number | null;
}

export interface Skin {
  readonly joints: readonly number[];
  readonly inverseBindMatrices: number | null;
}

export interface Gltf {
  readonly nodes: readonly GltfNode[];
  readonly meshes: readonly Mesh[];
  readonly skins: readonly Skin[];
  readonly accessors: readonly Accessor[];
  readonly bufferViews: readonly BufferView[];
  readonly images: readonly Image[];
  /** For each texture the image it shows. */
  readonly textures: readonly (number | null)[];
  readonly materials: readonly string[];
  /** For each material its extensions. */
  readonly materialExtensions: readonly JsonObject[];
  /** Nodes of the default scene; all roots where no scene says so. */
  readonly sceneRoots: readonly number[];
  readonly extensionsUsed: readonly string[];
  readonly extensions: JsonObject;
  /** How many bytes of buffer 0 the JSON declares, where that buffer is the binary chunk. */
  readonly declaredBinBytes: number | null;
  readonly bin: BinChunk | null;
  /** What may still be done to look through it. */
  readonly effort: Effort;
}

export function readGltf(json: unknown, bin: BinChunk | null): Gltf {
  const root = objectIn(json);
  const members = (key: string): readonly JsonObject[] => listIn(root[key]).map(objectIn);
  const nodes = members('nodes').map(readNode);
  const scene = members('scenes')[indexIn(root['scene']) ?? 0];
  const buffer = members('buffers')[0];
  return {
    nodes,
    meshes: members('meshes').map((mesh, n) => ({
      name: textIn(mesh['name']) ?? `mesh ${n}`,
      primitives: listIn(mesh['primitives']).map((primitive) => readPrimitive(objectIn(primitive))),
    })),
    skins: members('skins').map((skin) => ({
      joints: indicesIn(skin['joints']),
      inverseBindMatrices: indexIn(skin['inverseBindMatrices']),
    })),
    accessors: members('accessors').map(readAccessor),
    bufferViews: members('bufferViews').map(readBufferView),
    images: members('images').map((image, n) => ({
      name: textIn(image['name']) ?? `image ${n}`,
      mimeType: textIn(image['mimeType']),
      bufferView: indexIn(image['bufferView']),
    })),
    textures: members('textures').map(imageOfTexture),
    materials: members('materials').map((material, n) => textIn(material['name']) ?? `material ${n}`),
    materialExtensions: members('materials').map((material) => objectIn(material['extensions'])),
    sceneRoots: scene === undefined ? rootsOf(nodes) : indicesIn(scene['nodes']),
    extensionsUsed: listIn(root['extensionsUsed']).flatMap((name) => textIn(name) ?? []),
    extensions: objectIn(root['extensions']),
    declaredBinBytes: buffer === undefined || 'uri' in buffer ? null : indexIn(buffer['byteLength']),
    bin,
    effort: new Effort(),
  };
}

function readNode(node: JsonObject, n: number): GltfNode {
  const scale = vec3In(node['scale']) ?? [1, 1, 1];
  const matrix = numbersIn(node['matrix']);
  return {
    name: textIn(node['name']) ?? `node ${n}`,
    children: indicesIn(node['children']),
    mesh: indexIn(node['mesh']),
    skin: indexIn(node['skin']),
    extensions: objectIn(node['extensions']),
    scale,
    local:
      (matrix === null ? null : fromColumns(matrix)) ??
      fromTrs(
        vec3In(node['translation']) ?? [0, 0, 0],
        quaternionIn(node['rotation']) ?? [0, 0, 0, 1],
        scale,
      ),
  };
}

function readPrimitive(primitive: JsonObject): Primitive {
  const attributes = objectIn(primitive['attributes']);
  return {
    position: indexIn(attributes['POSITION']),
    joints: indexIn(attributes['JOINTS_0']),
    weights: indexIn(attributes['WEIGHTS_0']),
    moreJoints: 'JOINTS_1' in attributes,
    indices: indexIn(primitive['indices']),
    mode: indexIn(primitive['mode']) ?? 4,
    targets: listIn(primitive['targets']).map((target) => indexIn(objectIn(target)['POSITION'])),
  };
}

function readAccessor(accessor: JsonObject): Accessor {
  return {
    bufferView: indexIn(accessor['bufferView']),
    byteOffset: indexIn(accessor['byteOffset']) ?? 0,
    componentType: indexIn(accessor['componentType']) ?? 0,
    normalized: flagIn(accessor['normalized']),
    type: textIn(accessor['type']) ?? '',
    count: indexIn(accessor['count']) ?? 0,
    min: numbersIn(accessor['min']),
    max: numbersIn(accessor['max']),
    sparse: readSparse(objectOrNull(accessor['sparse'])),
  };
}

function readSparse(sparse: JsonObject | null): SparsePart | null {
  if (sparse === null) return null;
  const indices = objectIn(sparse['indices']);
  const values = objectIn(sparse['values']);
  const [indexView, valueView] = [indexIn(indices['bufferView']), indexIn(values['bufferView'])];
  if (indexView === null || valueView === null) return null;
  return {
    count: indexIn(sparse['count']) ?? 0,
    indices: {
      bufferView: indexView,
      byteOffset: indexIn(indices['byteOffset']) ?? 0,
      componentType: indexIn(indices['componentType']) ?? 0,
    },
    values: { bufferView: valueView, byteOffset: indexIn(values['byteOffset']) ?? 0 },
  };
}

function readBufferView(view: JsonObject): BufferView {
  return {
    byteOffset: indexIn(view['byteOffset']) ?? 0,
    byteLength: indexIn(view['byteLength']) ?? 0,
    byteStride: indexIn(view['byteStride']),
    plain:
      view['buffer'] === 0 &&
      !Object.keys(objectIn(view['extensions'])).some((name) => name.includes('meshopt')),
  };
}

/** The image a texture shows: its own source, or that of an extension for another format (WebP, KTX2). */
function imageOfTexture(texture: JsonObject): number | null {
  const ofExtension = Object.values(objectIn(texture['extensions'])).map((extension) =>
    indexIn(objectIn(extension)['source']),
  );
  return indexIn(texture['source']) ?? ofExtension.find((source) => source !== null) ?? null;
}

function rootsOf(nodes: readonly GltfNode[]): readonly number[] {
  const children = new Set(nodes.flatMap((node) => node.children));
  return nodes.map((_, n) => n).filter((n) => !children.has(n));
}

function vec3In(value: unknown): Vec3 | null {
  const [x, y, z] = numbersIn(value) ?? [];
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}

function quaternionIn(value: unknown): Quaternion | null {
  const [x, y, z, w] = numbersIn(value) ?? [];
  return x === undefined || y === undefined || z === undefined || w === undefined ? null : [x, y, z, w];
}
