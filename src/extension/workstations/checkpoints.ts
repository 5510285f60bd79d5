import { z } from 'zod';
import type { BlenderPort } from '../../core/ports.ts';

const saved = z.object({ id: z.string() });

/** Returns the checkpoint's id. Its label says what for. */
export async function saveCheckpoint(blender: Pick<BlenderPort, 'call'>, label: string): Promise<string> {
  const result = await blender.call('checkpoint', { action: 'create', label }, { deadlineMs: 30_000 });
  return saved.parse(result).id;
}

export async function restoreInto(blender: Pick<BlenderPort, 'call'>, id: string): Promise<void> {
  await blender.call('checkpoint', { action: 'restore', id }, { deadlineMs: 120_000 });
}
