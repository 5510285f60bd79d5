import { z } from 'zod';
import { type RcloneRemote, s3Remote } from '../../adapters/storage/rcloneCommands.ts';
import type { Secrets } from '../secrets.ts';

/** What a bucket can be for; its remote is called by that: `mirror:avatar-models`. */
export const storageRoles = ['source', 'production', 'mirror', 'cdn'] as const;
export type StorageRole = (typeof storageRoles)[number];

/** S3 settings of a role. The address is kept with the keys: another one never gets to see a signature made with them. */
export interface StorageKey {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const kept: z.ZodType<StorageKey> = z.object({
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});

/** The roles that have keys in the editor's secret storage, as remotes of rclone's. */
export async function storageRemotes(secrets: Secrets): Promise<readonly RcloneRemote[]> {
  const found = storageRoles.map(async (role) => {
    const text = await secrets.storage(role).load();
    return text === undefined ? [] : [s3Remote(role, kept.parse(JSON.parse(text)))];
  });
  return (await Promise.all(found)).flat();
}

export async function keepStorageKey(secrets: Secrets, role: StorageRole, key: StorageKey): Promise<void> {
  await secrets.storage(role).save(JSON.stringify(key));
}
