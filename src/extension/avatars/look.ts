import { join } from 'node:path';
import { checkVrm } from '../../core/vrm/check.ts';
import { PROFILES } from '../../core/vrm/profile.ts';
import { thumbnailOf } from '../../core/vrm/thumbnail.ts';
import type { AvatarDetails } from './avatar.ts';
import { writeWhole } from './writeWhole.ts';

/** Looks into a VRM; its thumbnail is kept in `folder` as `name`. */
export async function lookInto(vrm: Uint8Array, folder: string, name: string): Promise<AvatarDetails> {
  const { version, facts, counts } = checkVrm(vrm, { profile: PROFILES.app });
  return {
    version,
    title: facts?.meta.name ?? null,
    counts,
    triangles: facts?.triangles ?? 0,
    heightM: facts?.heightM ?? null,
    thumbnail: await keepThumbnail(vrm, folder, name),
  };
}

async function keepThumbnail(vrm: Uint8Array, folder: string, name: string): Promise<string | null> {
  const thumbnail = thumbnailOf(vrm);
  if (thumbnail === null) return null;
  const path = join(folder, `${name}.${thumbnail.mime === 'image/png' ? 'png' : 'jpg'}`);
  await writeWhole(path, thumbnail.bytes);
  return path;
}
