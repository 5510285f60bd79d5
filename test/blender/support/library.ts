import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const driver = join(import.meta.dirname, '..', 'driver', 'run_cases.py');

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

/** A folder of its own with `exports/`, `projects/` and the rest in it; `remove` when done. */
export interface Run {
  readonly folder: string;
  readonly blender: string;
  readonly outcomes: readonly Outcome[];
  read(root: string, name: string): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** Runs cases one after another in one background Blender (AVATAR_FORGE_BLENDER, else `blender`), library imported directly. */
export async function runInBlender(cases: readonly Case[]): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-blender-'));
  await writeFile(join(folder, 'cases.json'), JSON.stringify(cases));
  const blender = process.env['AVATAR_FORGE_BLENDER'] ?? 'blender';
  const argv = ['-b', '--factory-startup', '--python-exit-code', '1', '--python', driver, '--', folder];
  await promisify(execFile)(blender, argv, { timeout: 180_000, maxBuffer: 2 ** 24 }).catch(
    (error: unknown) => {
      const { stdout, stderr } = z.object({ stdout: z.string(), stderr: z.string() }).parse(error);
      throw new Error(`${blender} failed:\n${(stdout + stderr).slice(-3000)}`, { cause: error });
    },
  );
  const { blender: version, cases: outcomes } = report.parse(
    JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')),
  );
  return {
    folder,
    blender: version,
    outcomes,
    read: async (root, name) => new Uint8Array(await readFile(join(folder, root, name))),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
