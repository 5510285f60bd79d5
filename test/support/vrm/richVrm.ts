import { BinWriter, packGlb } from './glb.ts';
import { edited } from './json.ts';
import { mtoonVrm } from './mtoonVrm.ts';

interface Document {
  readonly nodes: readonly { readonly name?: string; readonly children?: readonly number[] }[];
  readonly scenes: readonly { readonly nodes: readonly number[] }[];
  readonly bufferViews: readonly object[];
  readonly accessors: readonly object[];
  readonly meshes: readonly {
    readonly primitives: readonly {
      readonly attributes: Readonly<Record<string, number>>;
      readonly indices: number;
    }[];
  }[];
}

/** The MToon sample with what few models have: much of it is on the list of docs/round-trips.md, some is not. */
export function richVrm(): Uint8Array {
  const { document, bin } = mtoonVrm();
  const { nodes, scenes, bufferViews, accessors, meshes } = document as Document;
  const own = new BinWriter();
  const perCorner = (type: string, values: readonly (readonly number[])[]): number =>
    accessors.length +
    own.accessor({
      bufferView: bufferViews.length + own.view(new Float32Array(values.flat())),
      componentType: 5126,
      count: values.length,
      type,
    });
  const corners = [0, 1, 2, 3, 4, 5, 6, 7];
  const colours = perCorner(
    'VEC4',
    corners.map((n) => [n / 8, 0.5, 1, 1]),
  );
  const secondUv = perCorner(
    'VEC2',
    corners.map((n) => [n & 1 ? 0.4 : 0.1, n & 2 ? 0.3 : 0.2]),
  );
  // Five bones hold each corner, the fifth the least.
  const weights = perCorner(
    'VEC4',
    corners.map(() => [0.4, 0.3, 0.2, 0.06]),
  );
  const moreWeights = perCorner(
    'VEC4',
    corners.map(() => [0.04, 0, 0, 0]),
  );
  const joints = [
    [0, 1, 2, 3],
    [4, 0, 0, 0],
  ].map(
    (of) =>
      accessors.length +
      own.accessor({
        bufferView: bufferViews.length + own.view(new Uint8Array(corners.flatMap(() => of))),
        componentType: 5121,
        count: 8,
        type: 'VEC4',
      }),
  );
  const node = (name: string): number => nodes.findIndex((one) => one.name === name);
  const bones = ['hips', 'spine', 'chest', 'upperChest', 'neck'].map(node);
  const places = [0.9, 1, 1.15, 1.25, 1.38];
  const binds = perCorner(
    'MAT4',
    places.map((y) => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -y, 0, 1]),
  );
  const times = perCorner('SCALAR', [[0], [1]]);
  const turns = perCorner('VEC4', [
    [0, 0, 0, 1],
    [0, 1, 0, 0],
  ]);
  const bytes = new Uint8Array(Buffer.concat([bin, own.bytes]));
  const [primitive] = meshes[0]?.primitives ?? [];
  const plainAttributes = {
    POSITION: primitive?.attributes['POSITION'],
    TEXCOORD_0: primitive?.attributes['TEXCOORD_0'],
  };
  const [sword, mark] = [nodes.length, nodes.length + 1];
  const hand = node('rightHand');
  return packGlb(
    edited(document, [
      ...['KHR_materials_emissive_strength', 'KHR_texture_transform', 'VRMC_node_constraint'].map(
        (value) => ({
          at: '/extensionsUsed/-',
          value,
        }),
      ),
      ...own.bufferViews.map((view) => ({
        at: '/bufferViews/-',
        value: { ...view, byteOffset: bin.length + Number(Reflect.get(view, 'byteOffset')) },
      })),
      ...own.accessors.map((value, n) => ({
        at: '/accessors/-',
        value: accessors.length + n === times ? { ...value, min: [0], max: [1] } : value,
      })),
      { at: '/buffers/0/byteLength', value: bytes.length },
      {
        at: '/meshes/0/primitives/0/attributes',
        value: {
          ...primitive?.attributes,
          COLOR_0: colours,
          TEXCOORD_1: secondUv,
          JOINTS_0: joints[0],
          WEIGHTS_0: weights,
          JOINTS_1: joints[1],
          WEIGHTS_1: moreWeights,
        },
      },
      { at: '/skins/0', value: { joints: bones, inverseBindMatrices: binds } },
      {
        at: '/meshes/-',
        value: {
          name: 'Sword',
          primitives: [{ attributes: plainAttributes, indices: primitive?.indices, material: 1 }],
        },
      },
      { at: '/nodes/-', value: { name: 'Sword', mesh: 1, scale: [0.1, 0.1, 0.1] } },
      { at: '/nodes/-', value: { name: 'Mark', translation: [0, 0.1, 0] } },
      { at: `/nodes/${hand}/children`, value: [...(nodes[hand]?.children ?? []), sword, mark] },
      { at: `/nodes/${hand}/extras`, value: { note: 'of the user' } },
      {
        at: `/nodes/${node('leftEye')}/extensions`,
        value: {
          VRMC_node_constraint: {
            specVersion: '1.0',
            constraint: { rotation: { source: node('rightEye'), weight: 1 } },
          },
        },
      },
      { at: '/scenes/0/nodes', value: scenes[0]?.nodes },
      {
        at: '/animations',
        value: [
          {
            name: 'Turn',
            channels: [{ sampler: 0, target: { node: node('head'), path: 'rotation' } }],
            samplers: [{ input: times, output: turns }],
          },
        ],
      },
      { at: '/samplers', value: [{ magFilter: 9728, minFilter: 9728, wrapS: 33071, wrapT: 33648 }] },
      { at: '/textures/0/sampler', value: 0 },
      {
        at: '/materials/0/pbrMetallicRoughness/baseColorTexture',
        value: {
          index: 0,
          texCoord: 1,
          extensions: { KHR_texture_transform: { rotation: 0.5, scale: [2, 2], offset: [0.1, 0.2] } },
        },
      },
      {
        at: '/materials/-',
        value: {
          name: 'Steel',
          pbrMetallicRoughness: {
            baseColorTexture: { index: 0 },
            metallicFactor: 0.75,
            roughnessFactor: 0.25,
          },
          normalTexture: { index: 0, scale: 0.5 },
          emissiveTexture: { index: 0 },
          emissiveFactor: [1, 1, 1],
          occlusionTexture: { index: 0 },
          alphaMode: 'MASK',
          alphaCutoff: 0.25,
          doubleSided: true,
          extensions: { KHR_materials_emissive_strength: { emissiveStrength: 2 } },
        },
      },
    ]),
    bytes,
  );
}
