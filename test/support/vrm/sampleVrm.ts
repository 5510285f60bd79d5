/**
 * A small sound VRM of either version: 40 bones in a T-pose, a skinned box that wears seven expressions (one of them
 * sparse), a spring chain with a collider, a thumbnail. Tests take it as it is, or break one thing in it.
 */
import { PNG } from 'pngjs';
import type { VrmVersion } from '../../../src/core/vrm/model.ts';
import { BinWriter, boxOf, packGlb } from './glb.ts';

export interface SampleVrm {
  readonly document: object;
  readonly bin: Uint8Array;
  readonly glb: Uint8Array;
  /** Index of a node by its name: a bone's 1.0 name, `hair1`…`hair3`, `Body`. */
  readonly node: (name: string) => number;
}

type Point = readonly [x: number, y: number, z: number];

const CENTRE: Readonly<Record<string, readonly [parent: string | null, at: Point]>> = {
  hips: [null, [0, 0.9, 0]],
  spine: ['hips', [0, 1, 0]],
  chest: ['spine', [0, 1.15, 0]],
  upperChest: ['chest', [0, 1.25, 0]],
  neck: ['upperChest', [0, 1.38, 0]],
  head: ['neck', [0, 1.44, 0]],
  hair1: ['head', [0, 1.58, -0.1]],
  hair2: ['hair1', [0, 1.48, -0.12]],
  hair3: ['hair2', [0, 1.38, -0.13]],
};

/** The left side; the right is its mirror image. */
const LEFT: Readonly<Record<string, readonly [parent: string, at: Point]>> = {
  Eye: ['head', [0.03, 1.5, 0.07]],
  UpperLeg: ['hips', [0.1, 0.85, 0]],
  LowerLeg: ['leftUpperLeg', [0.1, 0.48, 0]],
  Foot: ['leftLowerLeg', [0.1, 0.08, 0]],
  Toes: ['leftFoot', [0.1, 0.03, 0.12]],
  Shoulder: ['upperChest', [0.06, 1.35, 0]],
  UpperArm: ['leftShoulder', [0.15, 1.34, 0]],
  LowerArm: ['leftUpperArm', [0.4, 1.34, 0]],
  Hand: ['leftLowerArm', [0.63, 1.34, 0]],
  ThumbMetacarpal: ['leftHand', [0.66, 1.34, 0.03]],
  ThumbProximal: ['leftThumbMetacarpal', [0.68, 1.34, 0.05]],
  ThumbDistal: ['leftThumbProximal', [0.7, 1.34, 0.07]],
  IndexProximal: ['leftHand', [0.72, 1.34, 0.02]],
  IndexIntermediate: ['leftIndexProximal', [0.75, 1.34, 0.02]],
  IndexDistal: ['leftIndexIntermediate', [0.77, 1.34, 0.02]],
};

export const SAMPLE_EXPRESSIONS = ['aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'happy'] as const;

const NAMES_0: Readonly<Record<string, string>> = {
  aa: 'a',
  ih: 'i',
  ou: 'u',
  ee: 'e',
  oh: 'o',
  happy: 'joy',
};

/** How far each expression moves the two upper front corners of the box, in metres. */
export const SAMPLE_DELTA_M = 0.02;

interface SampleNode {
  name: string;
  translation?: number[];
  children?: number[];
  mesh?: number;
  skin?: number;
}

export function sampleVrm(version: VrmVersion): SampleVrm {
  const bin = new BinWriter();
  const { nodes, world } = skeleton(version);
  const node = (name: string): number => nodes.findIndex((one) => one.name === name);
  const hips = world.get('hips') ?? [0, 0, 0];
  const mesh = box(bin);
  const inverseBindMatrices = bin.accessor({
    bufferView: bin.view(
      new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -hips[0], -hips[1], -hips[2], 1]),
    ),
    componentType: 5126,
    count: 1,
    type: 'MAT4',
  });
  const thumbnail = bin.view(PNG.sync.write(new PNG({ width: 8, height: 8 })));
  nodes.push({ name: 'Body', mesh: 0, skin: 0 });
  const document = {
    asset: { version: '2.0', generator: 'sampleVrm' },
    extensionsUsed: version === '1.0' ? ['VRMC_vrm', 'VRMC_springBone'] : ['VRM'],
    scene: 0,
    scenes: [{ nodes: [node('hips'), node('Body')] }],
    nodes,
    skins: [{ joints: [node('hips')], inverseBindMatrices }],
    meshes: [{ name: 'Body', primitives: [{ ...mesh, material: 0 }] }],
    materials: [{ name: 'Skin', pbrMetallicRoughness: { baseColorFactor: [0.9, 0.7, 0.6, 1] } }],
    images: [{ name: 'Thumbnail', mimeType: 'image/png', bufferView: thumbnail }],
    ...(version === '1.0' ? {} : { textures: [{ source: 0 }] }),
    accessors: bin.accessors,
    bufferViews: bin.bufferViews,
    buffers: [{ byteLength: bin.bytes.length }],
    extensions: version === '1.0' ? extensions1(node) : extensions0(node),
  };
  return { document, bin: bin.bytes, glb: packGlb(document, bin.bytes), node };
}

function skeleton(version: VrmVersion): {
  readonly nodes: SampleNode[];
  readonly world: ReadonlyMap<string, Point>;
} {
  // 0.x looks the other way.
  const ahead = version === '1.0' ? 1 : -1;
  const bones: [name: string, parent: string | null, at: Point][] = Object.entries(CENTRE).map(
    ([name, [parent, at]]) => [name, parent, at],
  );
  for (const [name, [parent, at]] of Object.entries(LEFT)) {
    bones.push([`left${name}`, parent, at]);
    bones.push([`right${name}`, parent.replace(/^left/, 'right'), [-at[0], at[1], at[2]]]);
  }
  const world = new Map(
    bones.map(([name, , [x, y, z]]): [string, Point] => [name, [ahead * x, y, ahead * z]]),
  );
  const nodes = bones.map(([name, parent]): SampleNode => {
    const [x, y, z] = world.get(name) ?? [0, 0, 0];
    const [px, py, pz] = world.get(parent ?? '') ?? [0, 0, 0];
    const children = bones.flatMap(([, above], n) => (above === name ? [n] : []));
    return { name, translation: [x - px, y - py, z - pz], ...(children.length > 0 ? { children } : {}) };
  });
  return { nodes, world };
}

/** From the soles to 1.6 m. */
function box(bin: BinWriter): object {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n): Point => [
    n & 1 ? 0.2 : -0.2,
    n & 2 ? 1.6 : 0,
    n & 4 ? 0.1 : -0.1,
  ]);
  const indices = [
    0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7,
    5,
  ];
  const position = bin.points(corners, 34962);
  const joints = bin.accessor({
    bufferView: bin.view(new Uint8Array(4 * corners.length), 34962),
    componentType: 5121,
    count: corners.length,
    type: 'VEC4',
  });
  const weights = bin.accessor({
    bufferView: bin.view(new Float32Array(corners.flatMap(() => [1, 0, 0, 0])), 34962),
    componentType: 5126,
    count: corners.length,
    type: 'VEC4',
  });
  const targets = SAMPLE_EXPRESSIONS.map((name) => ({
    POSITION: name === 'happy' ? sparse(bin, corners.length) : bin.points(corners.map(deltaOf), 34962),
  }));
  return {
    attributes: { POSITION: position, JOINTS_0: joints, WEIGHTS_0: weights },
    indices: bin.accessor({
      bufferView: bin.view(new Uint16Array(indices), 34963),
      componentType: 5123,
      count: indices.length,
      type: 'SCALAR',
    }),
    targets,
  };
}

function deltaOf(_: Point, n: number): Point {
  return n >= 6 ? [0, SAMPLE_DELTA_M, 0] : [0, 0, 0];
}

/** The same movement, told by its two vertices alone. */
function sparse(bin: BinWriter, count: number): number {
  const moved: Point = [0, SAMPLE_DELTA_M, 0];
  return bin.accessor({
    componentType: 5126,
    count,
    type: 'VEC3',
    ...boxOf([[0, 0, 0], moved]),
    sparse: {
      count: 2,
      indices: { bufferView: bin.view(new Uint16Array([6, 7])), componentType: 5123 },
      values: { bufferView: bin.view(new Float32Array([...moved, ...moved])) },
    },
  });
}

function humanBones(): readonly string[] {
  const centre = Object.keys(CENTRE).filter((name) => !name.startsWith('hair'));
  return [...centre, ...Object.keys(LEFT).flatMap((name) => [`left${name}`, `right${name}`])];
}

function extensions1(node: (name: string) => number): object {
  return {
    VRMC_vrm: {
      specVersion: '1.0',
      meta: {
        name: 'Sample',
        authors: ['Test'],
        licenseUrl: 'https://vrm.dev/licenses/1.0/',
        avatarPermission: 'everyone',
        allowRedistribution: true,
        thumbnailImage: 0,
      },
      humanoid: { humanBones: Object.fromEntries(humanBones().map((bone) => [bone, { node: node(bone) }])) },
      expressions: {
        preset: Object.fromEntries(
          SAMPLE_EXPRESSIONS.map((name, index) => [
            name,
            { morphTargetBinds: [{ node: node('Body'), index, weight: 1 }] },
          ]),
        ),
        custom: { wink: { morphTargetBinds: [{ node: node('Body'), index: 5, weight: 0.5 }] } },
      },
    },
    VRMC_springBone: {
      specVersion: '1.0',
      colliders: [{ node: node('head'), shape: { sphere: { offset: [0, 0.08, 0], radius: 0.1 } } }],
      colliderGroups: [{ name: 'head', colliders: [0] }],
      springs: [
        {
          name: 'hair',
          joints: ['hair1', 'hair2', 'hair3'].map((name) => ({ node: node(name), hitRadius: 0.02 })),
          colliderGroups: [0],
        },
      ],
    },
  };
}

function extensions0(node: (name: string) => number): object {
  const name0 = (bone: string): string =>
    bone.replace('ThumbProximal', 'ThumbIntermediate').replace('ThumbMetacarpal', 'ThumbProximal');
  return {
    VRM: {
      exporterVersion: 'sampleVrm',
      specVersion: '0.0',
      meta: {
        title: 'Sample',
        author: 'Test',
        allowedUserName: 'Everyone',
        licenseName: 'CC0',
        texture: 0,
      },
      humanoid: { humanBones: humanBones().map((bone) => ({ bone: name0(bone), node: node(bone) })) },
      blendShapeMaster: {
        blendShapeGroups: [
          ...SAMPLE_EXPRESSIONS.map((name, index) => ({
            name: name.toUpperCase(),
            presetName: NAMES_0[name] ?? name,
            binds: [{ mesh: 0, index, weight: 100 }],
          })),
          { name: 'wink', presetName: 'unknown', binds: [{ mesh: 0, index: 5, weight: 50 }] },
        ],
      },
      firstPerson: { lookAtTypeName: 'Bone' },
      secondaryAnimation: {
        boneGroups: [
          {
            comment: 'hair',
            stiffiness: 1,
            gravityPower: 0,
            gravityDir: { x: 0, y: -1, z: 0 },
            dragForce: 0.4,
          },
        ].map((group) => ({
          ...group,
          center: -1,
          hitRadius: 0.02,
          bones: [node('hair1')],
          colliderGroups: [0],
        })),
        colliderGroups: [
          { node: node('head'), colliders: [{ offset: { x: 0, y: 0.08, z: 0 }, radius: 0.1 }] },
        ],
      },
      materialProperties: [],
    },
  };
}
