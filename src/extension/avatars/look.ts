import { join } from 'node:path';
import { KhronosValidator } from '../../adapters/vrm/khronos.ts';
import { withModelFile } from '../../adapters/vrm/withModelFile.ts';
import type { ModelFile } from '../../core/vrm/modelFile.ts';
import type { Profile } from '../../core/vrm/profile.ts';
import { readForCheck } from '../../core/vrm/readForCheck.ts';
import { readThumbnail } from '../../core/vrm/thumbnail.ts';
import { checkReading } from '../../core/vrm/validator.ts';
import type { AvatarDetails } from './avatar.ts';
import { writeWhole } from './writeWhole.ts';

/** Looks into a VRM file, as the gate of a promotion does; its thumbnail is kept in `folder` as `name`. */
export function lookInto(
  path: string,
  profile: Profile,
  folder: string,
  name: string,
): Promise<AvatarDetails> {
  return withModelFile(path, async (file) => {
    const reading = await readForCheck(file);
    const { version, facts, counts } = await checkReading(new KhronosValidator(), reading, { profile });
    return {
      version,
      title: facts?.meta.name ?? null,
      counts,
      triangles: facts?.triangles ?? 0,
      heightM: facts?.heightM ?? null,
      thumbnail: await keepThumbnail(file, folder, name),
    };
  });
}

async function keepThumbnail(file: ModelFile, folder: string, name: string): Promise<string | null> {
  const thumbnail = await readThumbnail(file);
  if (thumbnail === null) return null;
  const path = join(folder, `${name}.${thumbnail.mime === 'image/png' ? 'png' : 'jpg'}`);
  await writeWhole(path, thumbnail.bytes);
  return path;
}
