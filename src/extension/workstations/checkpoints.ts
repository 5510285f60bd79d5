import { z } from 'zod';
import type { BlenderPort } from '../../core/ports.ts';

type Blender = Pick<BlenderPort, 'call'>;

const saved = z.object({ id: z.string() });
const listing = z.object({ checkpoints: z.array(z.object({ id: z.string(), label: z.string() })) });
/** As the add-on names the checkpoint that it makes before code runs. */
const madeBefore = 'before execute_blender_code';

/** Returns the checkpoint's id. Its label says what for. */
export async function saveCheckpoint(blender: Blender, label: string): Promise<string> {
  const result = await blender.call('checkpoint', { action: 'create', label }, { deadlineMs: 30_000 });
  return saved.parse(result).id;
}

export async function restoreInto(blender: Blender, id: string): Promise<void> {
  await blender.call('checkpoint', { action: 'restore', id }, { deadlineMs: 120_000 });
}

/** Restores the newest checkpoint that was made before code ran, and returns its id; null where there is none. */
export async function restoreBeforeCode(blender: Blender): Promise<string | null> {
  const listed = listing.parse(await blender.call('checkpoint', { action: 'list' }, { retry: true }));
  const before = listed.checkpoints.find(({ label }) => label === madeBefore);
  if (before === undefined) return null;
  await restoreInto(blender, before.id);
  return before.id;
}
