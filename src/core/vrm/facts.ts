/** What there is in a model: figures for people, budgets and tests. */
import { bytesOfView } from './accessorData.ts';
import type { Gltf, Primitive } from './gltf.ts';
import { readImageHeader, readKtx2Header } from './imageHeader.ts';
import type { ExpressionEffect, VrmMeta, VrmModel } from './model.ts';

export interface ExpressionFact {
  /** 1.0 name. */
  readonly name: string;
  readonly kind: 'preset' | 'custom';
  readonly effect: ExpressionEffect;
}

export interface ImageFact {
  readonly name: string;
  /** By its bytes; where they are not at hand, as the file says. */
  readonly mime: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
}

export interface Facts {
  readonly sizeBytes: number;
  /** 1.0 names of the bones that are assigned. */
  readonly bones: readonly string[];
  readonly expressions: readonly ExpressionFact[];
  /** As drawn: a mesh that two nodes show counts twice. */
  readonly triangles: number;
  readonly vertices: number;
  readonly meshes: number;
  readonly nodes: number;
  readonly materials: number;
  readonly textures: number;
  readonly images: readonly ImageFact[];
  /** Of a graphics chip's memory, estimated; `null` where the pictures' bytes are not at hand. */
  readonly textureBytes: number | null;
  readonly springs: number;
  readonly springJoints: number;
  readonly colliders: number;
  /** Lowest to highest point of the meshes at rest, in metres. */
  readonly heightM: number | null;
  readonly thumbnail: ImageFact | null;
  readonly meta: VrmMeta;
}

export function factsOf(model: VrmModel, sizeBytes: number): Facts {
  const { gltf, scene, bounds } = model;
  const images = gltf.images.map((_, n) => imageFact(gltf, n));
  return {
    sizeBytes,
    bones: model.bones.filter((bone) => scene.existing(bone.node) !== null).map((bone) => bone.bone),
    expressions: model.expressions.map((expression) => ({
      name: expression.name,
      kind: expression.kind,
      effect: expression.effect,
    })),
    ...drawnBy(model),
    meshes: gltf.meshes.length,
    nodes: gltf.nodes.length,
    materials: gltf.materials.length,
    textures: gltf.textures.length,
    images,
    textureBytes: textureBytes(model),
    springs: model.springs.length,
    springJoints: model.springs.reduce((sum, spring) => sum + spring.joints.length, 0),
    colliders: model.colliders.length,
    heightM: bounds === null ? null : bounds.max[1] - bounds.min[1],
    thumbnail: images[model.thumbnail ?? -1] ?? null,
    meta: model.meta,
  };
}

export function imageFact(gltf: Gltf, index: number): ImageFact {
  const image = gltf.images[index];
  const view = gltf.bufferViews[image?.bufferView ?? -1];
  const bytes = bytesOfView(gltf, view);
  const header = bytes === null ? null : (readImageHeader(bytes) ?? readKtx2Header(bytes));
  return {
    name: image?.name ?? '',
    mime: header?.mime ?? image?.mimeType ?? null,
    width: header?.width ?? null,
    height: header?.height ?? null,
    bytes: view?.byteLength ?? 0,
  };
}

/** Bytes a pixel: as the chip unpacks a picture, and in blocks of its own format. */
const UNPACKED = 4;
const IN_BLOCKS = 1;

/** What a graphics chip holds: the pixels, and a third more for the smaller versions of them. The thumbnail is never drawn. */
export function textureBytes({ gltf, thumbnail }: VrmModel): number | null {
  let pixels = 0;
  for (const [n, { bufferView }] of gltf.images.entries()) {
    if (n === thumbnail) continue;
    if (bytesOfView(gltf, gltf.bufferViews[bufferView ?? -1]) === null) return null;
    const { mime, width, height } = imageFact(gltf, n);
    pixels += (width ?? 0) * (height ?? 0) * (mime === 'image/ktx2' ? IN_BLOCKS : UNPACKED);
  }
  return Math.round((pixels * 4) / 3);
}

interface Drawn {
  readonly triangles: number;
  readonly vertices: number;
}

/** What is drawn, each mesh as often as it is shown. */
export function drawnBy({ gltf, scene }: VrmModel): Drawn {
  const meshes = gltf.meshes.map(({ primitives }) => drawnIn(gltf, primitives));
  let triangles = 0;
  let vertices = 0;
  for (const node of scene.reachable) {
    const drawn = meshes[gltf.nodes[node]?.mesh ?? -1];
    triangles += drawn?.triangles ?? 0;
    vertices += drawn?.vertices ?? 0;
  }
  return { triangles, vertices };
}

function drawnIn(gltf: Gltf, primitives: readonly Primitive[]): Drawn {
  let triangles = 0;
  let vertices = 0;
  for (const { indices, position, mode } of primitives) {
    const corners = gltf.accessors[indices ?? position ?? -1]?.count ?? 0;
    if (mode === 4) triangles += Math.floor(corners / 3);
    if (mode === 5 || mode === 6) triangles += Math.max(0, corners - 2);
  }
  for (const buffer of new Set(primitives.map(({ position }) => position)))
    vertices += gltf.accessors[buffer ?? -1]?.count ?? 0;
  return { triangles, vertices };
}
