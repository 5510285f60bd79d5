import { z } from 'zod';
import type { BlenderPort } from '../../core/ports.ts';
import type { SceneSummary } from '../services.ts';

const scene = z.object({
  file: z.string().nullish(),
  counts: z.object({ objects: z.number(), triangles: z.number() }),
});

/** The time of a round trip, in ms. */
export async function ping(blender: BlenderPort): Promise<number> {
  const startedAt = performance.now();
  await blender.call('ping', {}, { deadlineMs: 5_000 });
  return performance.now() - startedAt;
}

export async function summariseScene(blender: BlenderPort): Promise<SceneSummary> {
  const info = scene.parse(
    await blender.call('get_scene_info', { limit: 1 }, { deadlineMs: 10_000, retry: true }),
  );
  const file = info.file?.split(/[\\/]/).at(-1) ?? '';
  return { file: file === '' ? null : file, ...info.counts };
}
