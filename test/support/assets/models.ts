import { BinWriter, packGlb } from '../vrm/glb.ts';
import { png } from './pictures.ts';

/** A box with a texture, as Poly Haven has its models: a .gltf with a .bin and a folder of pictures beside it. */
export function boxModel(name: string): { gltf: Buffer; files: Record<string, Buffer> } {
  const bin = new BinWriter();
  const texture = `textures/${name}_diff_1k.jpg`;
  const { mesh } = ballMesh(bin, 4, 6);
  const document = {
    asset: { version: '2.0', generator: 'test' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, name }],
    meshes: [mesh],
    materials: [{ name, pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
    textures: [{ source: 0 }],
    images: [{ uri: encodeURI(texture), mimeType: 'image/jpeg' }],
    accessors: bin.accessors,
    bufferViews: bin.bufferViews,
    buffers: [{ uri: `${name}.bin`, byteLength: bin.bytes.length }],
  };
  return {
    gltf: Buffer.from(JSON.stringify(document)),
    files: { [`${name}.bin`]: Buffer.from(bin.bytes), [texture]: png(200, 40, 40) },
  };
}

/**
 * What a generator gives: a GLB with a parent that turns and scales, two meshes that are far from the origin, a camera, and far more
 * triangles than anybody wants.
 */
export function generatedGlb({
  rings = 60,
  flat = false,
  uri,
}: { rings?: number; flat?: boolean; uri?: string } = {}): Uint8Array {
  const bin = new BinWriter();
  const first = ballMesh(bin, rings, 2 * rings);
  const second = ballMesh(bin, 8, 12);
  const image = bin.view(png(30, 90, 200));
  return packGlb(
    {
      asset: { version: '2.0', generator: 'test' },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [
        {
          name: 'world',
          rotation: [0, 0.7071068, 0, 0.7071068],
          scale: [3, flat ? 0 : 3, 3],
          children: [1, 2, 3],
        },
        { name: 'model', mesh: 0, translation: [5, 7, -2] },
        { name: 'hat', mesh: 1, translation: [5, 9, -2] },
        { name: 'eye', camera: 0 },
      ],
      cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 0.1 } }],
      meshes: [first.mesh, second.mesh],
      materials: [{ name: 'paint', pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
      textures: [{ source: 0 }],
      images: [uri === undefined ? { bufferView: image, mimeType: 'image/png' } : { uri }],
      accessors: bin.accessors,
      bufferViews: bin.bufferViews,
      buffers: [{ byteLength: bin.bytes.length }],
    },
    bin.bytes,
  );
}

/** A ball of radius 1 with UVs; its vertices are apart at the seam, as glTF has them. 2 × rings × around triangles. */
function ballMesh(bin: BinWriter, rings: number, around: number): { mesh: object } {
  const points: number[][] = [];
  const uvs: number[] = [];
  for (let i = 0; i <= rings; i += 1) {
    for (let j = 0; j <= around; j += 1) {
      const [up, turn] = [(Math.PI * i) / rings, (2 * Math.PI * (j % around)) / around];
      points.push([Math.sin(up) * Math.cos(turn), Math.cos(up), Math.sin(up) * Math.sin(turn)]);
      uvs.push(j / around, i / rings);
    }
  }
  const at = (i: number, j: number): number => i * (around + 1) + j;
  const faces: number[] = [];
  for (let i = 0; i < rings; i += 1) {
    for (let j = 0; j < around; j += 1) {
      faces.push(at(i, j), at(i, j + 1), at(i + 1, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1));
    }
  }
  const uv = bin.accessor({
    bufferView: bin.view(new Float32Array(uvs)),
    componentType: 5126,
    count: points.length,
    type: 'VEC2',
  });
  const indices = bin.accessor({
    bufferView: bin.view(new Uint16Array(faces)),
    componentType: 5123,
    count: faces.length,
    type: 'SCALAR',
  });
  const attributes = { POSITION: bin.points(points), TEXCOORD_0: uv };
  return { mesh: { name: 'ball', primitives: [{ attributes, indices, material: 0 }] } };
}
