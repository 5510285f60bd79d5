import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What a driver left behind: its results, and a folder with `exports/`, `projects/` and the rest in it. */
export interface DriverRun {
  readonly folder: string;
  readonly results: unknown;
  read(root: string, name: string): Promise<Uint8Array>;
  remove(): Promise<void>;
}

/** Gives `cases` to driver/`script` in one background Blender (AVATAR_FORGE_BLENDER, else `blender`), library imported directly. */
export async function runDriver(script: string, cases: readonly object[]): Promise<DriverRun> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-blender-'));
  await writeFile(join(folder, 'cases.json'), JSON.stringify(cases));
  const driver = join(import.meta.dirname, '..', 'driver', script);
  const blender = process.env['AVATAR_FORGE_BLENDER'] ?? 'blender';
  const argv = ['-b', '--factory-startup', '--python-exit-code', '1', '--python', driver, '--', folder];
  await promisify(execFile)(blender, argv, { timeout: 180_000, maxBuffer: 2 ** 24 }).catch(
    (error: unknown) => {
      const { stdout, stderr } = z.object({ stdout: z.string(), stderr: z.string() }).parse(error);
      throw new Error(`${blender} failed:\n${(stdout + stderr).slice(-3000)}`, { cause: error });
    },
  );
  return {
    folder,
    results: JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as unknown,
    read: async (root, name) => new Uint8Array(await readFile(join(folder, root, name))),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
