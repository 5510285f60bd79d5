import { z } from 'zod';
import type { BlenderPort } from '../../core/ports.ts';

type Blender = Pick<BlenderPort, 'call'>;

/** The storage behind `projects/` may be far from Blender. */
const deadlineMs = 120_000;

const saved = z.object({ file: z.object({ name: z.string() }) });

/** Returns the name of the new file in `projects/`. */
export async function saveProject(blender: Blender): Promise<string> {
  return saved.parse(await blender.call('save_project', {}, { deadlineMs })).file.name;
}

export async function openProject(blender: Blender, name: string): Promise<void> {
  await blender.call('open_project', { name }, { deadlineMs });
}
