import { z } from 'zod';
import { runDriver } from './driver.ts';

const point = z.tuple([z.number(), z.number(), z.number()]);
const rigged = z.object({
  result: z.object({
    armature: z.string(),
    dry_run: z.boolean(),
    mapped: z.record(z.string(), z.string()),
    missing: z.array(z.string()),
    confidence: z.number(),
    doubtful: z.record(z.string(), z.number()),
    reparented: z.array(z.string()),
    stood: z.boolean(),
    t_pose_deg: z.record(z.string(), z.number()).optional(),
    weights: z
      .record(z.string(), z.object({ over_four: z.number(), uneven: z.number(), unweighted: z.number() }))
      .optional(),
    notes: z.array(z.string()),
  }),
  /** What a person would assign. */
  expected: z.record(z.string(), z.string()),
  untouched: z.boolean(),
  facts: z.object({
    /** Humanoid bone → where it begins, in the world. */
    heads: z.record(z.string(), point),
    low: z.number(),
    tall: z.number(),
    influences: z.tuple([z.number(), z.number()]),
    uneven: z.number(),
    /** How far the mesh has come off its bones. */
    stray: z.number(),
    /** How far the shape key moves. */
    aa: z.number(),
    plain: z.boolean(),
  }),
  annotation: z.looseObject({ humanoid: z.record(z.string(), z.string()).optional() }),
});
const refused = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  untouched: z.boolean(),
});

export type Rigged = z.infer<typeof rigged>;

/** A rig of driver/foreign_rigs.py, given to vrm_rig, and exported where `export` names a file. */
export interface RigCase {
  readonly rig: string;
  readonly edit?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly export?: string;
}

export interface Rigs<Name extends string> {
  made(name: Name): Rigged;
  refused(name: Name): z.infer<typeof refused>;
  exported(name: Name): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** All cases in one Blender. */
export async function rig<Name extends string>(cases: ReadonlyMap<Name, RigCase>): Promise<Rigs<Name>> {
  const names = [...cases.keys()];
  const run = await runDriver(
    'rig_facts.py',
    names.map((name) => ({ params: {}, ...cases.get(name) })),
  );
  const results = z.array(z.unknown()).parse(run.results);
  return {
    made: (name) => rigged.parse(results[names.indexOf(name)]),
    refused: (name) => refused.parse(results[names.indexOf(name)]),
    exported: (name) => run.read('exports', `${cases.get(name)?.export ?? ''}.vrm`),
    remove: () => run.remove(),
  };
}
