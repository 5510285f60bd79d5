import { z } from 'zod';
import type { BlenderPort, FileRoot } from '../../core/ports.ts';
import type { ListedFile } from './avatar.ts';

const listing = z.object({
  files: z.array(z.object({ name: z.string(), size: z.number(), modified: z.string() })),
});

/** The files in one of the folders of the workstation that Blender runs in. */
export async function filesOf(
  blender: Pick<BlenderPort, 'call'>,
  root: FileRoot,
): Promise<readonly ListedFile[]> {
  const { files } = listing.parse(await blender.call('file.list', { root }, { retry: true }));
  return files.map(({ name, size, modified }) => ({ name, size, modifiedMs: Date.parse(modified) }));
}
