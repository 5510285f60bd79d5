import { join } from 'node:path';
import { withModelFile } from '../../adapters/vrm/withModelFile.ts';
import { checkGlb } from '../../core/vrm/check.ts';
import type { ModelFile } from '../../core/vrm/modelFile.ts';
import type { Profile } from '../../core/vrm/profile.ts';
import { readForCheck } from '../../core/vrm/readForCheck.ts';
import { readThumbnail } from '../../core/vrm/thumbnail.ts';
import type { AvatarDetails } from './avatar.ts';
import { writeWhole } from './writeWhole.ts';

/** Looks into a VRM file; its thumbnail is kept in `folder` as `name`. */
export function lookInto(
  path: string,
  profile: Profile,
  folder: string,
  name: string,
): Promise<AvatarDetails> {
  return withModelFile(path, async (file) => {
    const { glb, totalBytes } = await readForCheck(file);
    const { version, facts, counts } = checkGlb({ glb, complete: true }, { profile, totalBytes });
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
