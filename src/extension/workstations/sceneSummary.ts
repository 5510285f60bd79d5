import { z } from 'zod';
import type { BlenderPort } from '../../core/ports.ts';
import type { SceneSummary } from '../services.ts';

const scene = z.object({
  file: z.string().nullish(),
  counts: z.object({ objects: z.number(), triangles: z.number() }),
});

/** Asks Blender for the outline of its scene. */
export async function summarise(blender: Pick<BlenderPort, 'call'>): Promise<SceneSummary> {
  const options = { deadlineMs: 10_000, retry: true };
  const info = scene.parse(await blender.call('get_scene_info', { limit: 1 }, options));
  const file = info.file?.split(/[\\/]/).at(-1) ?? '';
  return { file: file === '' ? null : file, ...info.counts };
}
