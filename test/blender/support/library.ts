import { z } from 'zod';
import { type DriverRun, runDriver } from './driver.ts';

/** A command run on a fresh test figure (driver/test_figure.py), after `edit`, Python that knows `armature`, `bpy`, `json`. */
export interface Case {
  readonly edit?: string;
  readonly command: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const outcome = z.object({
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).loose().optional(),
  seconds: z.number(),
  /** Whether scene, selection, visibility, modifiers, keys and meshes are as they were before. */
  untouched: z.boolean(),
});
export type Outcome = z.infer<typeof outcome>;

const report = z.object({ blender: z.string(), cases: z.array(outcome) });

export interface Run extends DriverRun {
  readonly blender: string;
  readonly outcomes: readonly Outcome[];
}

/** Runs cases one after another in one Blender. */
export async function runInBlender(cases: readonly Case[]): Promise<Run> {
  const run = await runDriver('run_cases.py', cases);
  const { blender, cases: outcomes } = report.parse(run.results);
  return { ...run, blender, outcomes };
}
