import { z } from 'zod';
import { type DriverRun, runDriver } from './driver.ts';

const vector = z.array(z.number());
const shapeKey = z.object({
  value: z.number(),
  /** The farthest any vertex goes. */
  mm: z.number(),
  /** Vertices of the figure's left and right that go more than a millimetre, and how they go in the mean. */
  left: z.number(),
  right: z.number(),
  mean: z.tuple([z.number(), z.number(), z.number()]),
});
const mesh = z.object({
  triangles: z.number(),
  materials: z.array(z.string()),
  finite: z.boolean(),
  uv: z.tuple([z.number(), z.number()]),
  low: vector,
  high: z.tuple([z.number(), z.number(), z.number()]),
  influences: z.tuple([z.number(), z.number()]),
  weight_error: z.number(),
  loose: z.number(),
  degenerate: z.number(),
  invalid: z.boolean(),
  /** The share of vertices without a mirror image within 0.3 mm. */
  asymmetric: z.number(),
  /** The lowest vertex that the hips or the spine hold. */
  trunk_from: z.number().nullable(),
  groups: z.array(z.string()),
  keys: z.record(z.string(), shapeKey),
  hash: z.string(),
});
const bone = z.object({ parent: z.string().nullable(), head: vector, tail: vector, z: vector });
const shape = z.object({ offset: vector, radius: z.number(), tail: vector.optional() });
const annotation = z.object({
  humanoid: z.record(z.string(), z.string()),
  expressions: z.record(
    z.string(),
    z.looseObject({
      overrideBlink: z.string(),
      morphs: z.array(z.object({ mesh: z.string(), key: z.string(), weight: z.number() })),
    }),
  ),
  lookAt: z.looseObject({ type: z.string(), offsetFromHeadBone: vector }),
  firstPerson: z.object({ meshAnnotations: z.array(z.object({ mesh: z.string(), type: z.string() })) }),
  springs: z.array(
    z.looseObject({
      name: z.string(),
      joints: z.array(z.looseObject({ bone: z.string(), hitRadius: z.number() })),
      colliderGroups: z.array(z.string()),
    }),
  ),
  colliders: z.array(
    z.object({ group: z.string(), bone: z.string(), sphere: shape.optional(), capsule: shape.optional() }),
  ),
  meta: z.looseObject({ name: z.string(), authors: z.array(z.string()) }),
});
const figure = z.object({
  result: z.looseObject({
    armature: z.string(),
    meshes: z.array(z.string()),
    triangles: z.number(),
    materials: z.array(z.string()),
    bones: z.number(),
    expressions: z.array(z.string()),
    diff: z.looseObject({ added: z.array(z.string()), removed: z.array(z.string()) }),
  }),
  seconds: z.number(),
  meshes: z.record(z.string(), mesh),
  bones: z.record(z.string(), bone),
  annotation,
  /** Faces of two meshes that cut each other, by “Face, Body” and so on; of hair, only below the chin. */
  crossings: z.record(z.string(), z.number()),
  /** By mesh, the share of what is seen of it from outside that shows its back. */
  inside_out: z.record(z.string(), z.number()),
  /** The share that hair hides from in front. */
  covered: z.object({ eyes: z.number(), mouth: z.number() }),
  /** By mesh but the hair, vertices that bones of the other side hold. */
  astray: z.record(z.string(), z.number()),
  /** Rays from behind that meet the scalp where hair should be. */
  bald: z.number(),
  images: z.record(
    z.string(),
    z.object({
      size: z.number(),
      packed: z.boolean(),
      mean: z.tuple([z.number(), z.number(), z.number()]),
    }),
  ),
  materials: z.record(
    z.string(),
    z.looseObject({ outlineWidthMode: z.string(), baseColor: vector, shadeMultiplyTexture: z.unknown() }),
  ),
});
const refused = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  objects: z.number(),
});

export type Figure = z.infer<typeof figure>;
export type Mesh = z.infer<typeof mesh>;

export interface AvatarCase {
  readonly params: Readonly<Record<string, unknown>>;
  /** The name to export the figure by. */
  readonly export?: string;
}

/** Figures that one background Blender made and measured (driver/avatar_facts.py). */
export class Figures {
  readonly #run: DriverRun;
  readonly #found: readonly unknown[];

  constructor(run: DriverRun) {
    this.#run = run;
    this.#found = z.array(z.unknown()).parse(run.results);
  }

  made(index: number): Figure {
    return figure.parse(this.#found[index]);
  }

  refused(index: number): z.infer<typeof refused> {
    return refused.parse(this.#found[index]);
  }

  exported(name: string): Promise<Uint8Array> {
    return this.#run.read('exports', name);
  }

  remove(): Promise<void> {
    return this.#run.remove();
  }
}

/** Makes a figure for each case, each in an empty scene. */
export async function makeFigures(cases: readonly AvatarCase[]): Promise<Figures> {
  return new Figures(await runDriver('avatar_facts.py', cases));
}
