import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real models that others made; they lie beside the repository, where it has company. */
const FOLDER = join(import.meta.dirname, '../../../../shared/samples');

export const SAMPLES = [
  'CoolBanana.vrm',
  'Godette_vrm_v4.vrm',
  'blender_debug_robot.vrm',
  'spec_expressions_isBinary_Overrides.vrm',
  'spec_mtoon_UV_Animation_Test.vrm',
  'synth10.vrm',
] as const;

export const SAMPLE_MOVEMENTS = ['ChatVRM_idle_loop.vrma', 'three-vrm_test.vrma'] as const;

/** Why tests on real models cannot run here; `null` where they can. */
export function samplesMissing(): string | null {
  const missing = [...SAMPLES, ...SAMPLE_MOVEMENTS].filter((name) => !existsSync(join(FOLDER, name)));
  return missing.length === 0 ? null : `sample models are not here: ${missing.join(', ')}`;
}

export type Sample = (typeof SAMPLES | typeof SAMPLE_MOVEMENTS)[number];

export function samplePath(name: Sample): string {
  return join(FOLDER, name);
}

export function readSample(name: Sample): Uint8Array {
  return new Uint8Array(readFileSync(samplePath(name)));
}
