import assert from 'node:assert/strict';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { packGlb } from '../support/vrm/glb.ts';

type Json = Readonly<Record<string, unknown>>;
interface Hostile {
  readonly what: string;
  readonly vrm1?: Json;
  readonly vrm0?: Json;
  readonly document: Json;
  readonly bin?: Uint8Array;
}

const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** One below the other. */
const chain = (count: number, more: (n: number) => object = () => ({})): object[] =>
  many(count, (n) => ({ ...(n + 1 < count ? { children: [n + 1] } : {}), ...more(n) }));
const bound = (binds: readonly object[]): Json => ({
  expressions: { preset: { aa: { morphTargetBinds: binds } } },
});
const follows = (source: number): object => ({
  extensions: { VRMC_node_constraint: { specVersion: '1.0', constraint: { rotation: { source } } } },
});
const springs = (joints: readonly (readonly number[])[]): Json => ({
  extensions: {
    VRMC_springBone: { springs: joints.map((nodes) => ({ joints: nodes.map((node) => ({ node })) })) },
  },
});

/** A JPEG that never comes to its frame: after its mark it is segments of nothing. */
const segments = new Uint8Array(1 << 20).map((_, n) => [0, 2, 0xff, 0xe0][n % 4] ?? 0);
segments.set([0xff, 0xd8]);

/** A few megabytes each; what is made of them must not grow with their square, nor lie on the stack. */
const CASES: readonly Hostile[] = [
  {
    what: 'a mesh of 200,000 primitives',
    vrm1: bound([{ node: 0, index: 0, weight: 1 }]),
    document: { nodes: [{ mesh: 0 }], meshes: [{ primitives: many(200_000, () => ({})) }] },
  },
  {
    what: '100,000 nodes that show a mesh of 100,000 primitives by one skin',
    vrm1: {},
    document: {
      nodes: many(100_000, () => ({ mesh: 0, skin: 0 })),
      skins: [{ joints: many(100_000, (n) => n) }],
      meshes: [{ primitives: many(100_000, () => ({ attributes: { POSITION: 0 } })) }],
      accessors: [{ count: 3, type: 'VEC3', componentType: 5126, min: [0, 0, 0], max: [1, 1, 1] }],
    },
  },
  {
    what: 'an accessor with 300,000 bounds',
    vrm1: bound([{ node: 0, index: 0, weight: 1 }]),
    document: {
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, targets: [{ POSITION: 0 }] }] }],
      accessors: [{ count: 3, type: 'VEC3', min: many(300_000, () => 0), max: many(300_000, () => 1) }],
    },
  },
  {
    what: 'a chain of 100,000 nodes, each of which follows the next',
    vrm1: {},
    document: { nodes: chain(100_000, (n) => follows(n + 1)) },
  },
  {
    what: 'a chain of 100,000 nodes, each of which follows the first',
    vrm1: {},
    document: { nodes: chain(100_000, () => ({ ...follows(0), mesh: 0 })) },
  },
  {
    what: 'springs of 100,000 joints, from the root and from the tip',
    vrm1: {},
    document: {
      nodes: chain(100_000),
      ...springs([many(100_000, (n) => n), many(100_000, (n) => 99_999 - n)]),
    },
  },
  {
    what: '50,000 springs from the root to the tip of a chain',
    vrm1: {},
    document: { nodes: chain(50_000), ...springs(many(50_000, () => [0, 49_999])) },
  },
  {
    what: '50,000 springs of all that is below the root (0.x)',
    vrm0: { secondaryAnimation: { boneGroups: many(50_000, () => ({ bones: [0] })) } },
    document: { nodes: [{ children: many(200_000, (n) => n + 1) }, ...many(200_000, () => ({}))] },
  },
  {
    what: '100,000 binds beside 100,000 nodes (0.x)',
    vrm0: {
      blendShapeMaster: {
        blendShapeGroups: [
          { presetName: 'a', binds: many(100_000, () => ({ mesh: 0, index: 0, weight: 9 })) },
        ],
      },
    },
    document: { nodes: [...many(100_000, () => ({})), { mesh: 0 }], meshes: [{ primitives: [{}] }] },
  },
  {
    what: '50,000 binds to a mesh of 50,000 primitives',
    vrm1: bound(many(50_000, () => ({ node: 0, index: 0, weight: 1 }))),
    document: {
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: many(50_000, () => ({ targets: [{ POSITION: 0 }] })) }],
    },
  },
  {
    what: '30,000 pictures of one JPEG without an end',
    vrm1: {},
    document: {
      images: many(30_000, () => ({ bufferView: 0 })),
      bufferViews: [{ buffer: 0, byteLength: segments.length }],
    },
    bin: segments,
  },
  {
    what: '10,000 expressions that read one morph of a megabyte',
    vrm1: {
      expressions: {
        custom: Object.fromEntries(
          many(10_000, (n) => [`e${n}`, { morphTargetBinds: [{ node: 0, index: 0, weight: 1 - n / 1e6 }] }]),
        ),
      },
    },
    document: {
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, targets: [{ POSITION: 0 }] }] }],
      accessors: [{ bufferView: 0, count: 80_000, type: 'VEC3', componentType: 5126 }],
      bufferViews: [{ buffer: 0, byteLength: 1 << 20 }],
    },
    bin: new Uint8Array(1 << 20),
  },
];

describe('VRM check of files made to keep it busy', function () {
  this.timeout(20_000);

  for (const { what, vrm1, vrm0, document, bin = new Uint8Array(4) } of CASES) {
    it(`comes to the end of ${what}`, () => {
      const declared = vrm1 === undefined ? { VRM: vrm0 } : { VRMC_vrm: vrm1 };
      const extensions = { ...(document['extensions'] as Json | undefined), ...declared };
      const buffers = [{ byteLength: bin.length }];
      const { findings, facts } = checkVrm(packGlb({ ...document, extensions, buffers }, bin), {
        profile: PROFILES.web,
      });
      assert.notEqual(facts, null);
      assert(findings.some(({ severity }) => severity === 'error'));
    });
  }
});
