import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { homeFolder, promotionsFolder } from '../adapters/home.ts';
import { JournalFolder } from '../adapters/storage/journalFile.ts';
import { Opener, type PlaceSettings, s3RemotesOf } from '../adapters/storage/places.ts';
import { StagingFolder } from '../adapters/storage/staging.ts';

/** What the commands of promotion have in common: the roles, and what is kept on this machine. */

export interface RoleFlags {
  readonly production: string;
  readonly mirror?: string;
  readonly cdn?: string;
  readonly cdnUrl?: string;
}

export const rolesHelp = `
A place is a folder, such as a mounted NFS share, or REMOTE:BUCKET/PATH of rclone's, whose settings and keys come from rclone.conf
or from RCLONE_CONFIG_<REMOTE>_* in the environment. S3 can be set as AVATAR_FORGE_S3_<ROLE>_ENDPOINT, _ACCESS_KEY_ID,
_SECRET_ACCESS_KEY and _REGION, ROLE being SOURCE, PRODUCTION, MIRROR or CDN: the remote is then called as its role in small letters
(mirror:avatar-models). AVATAR_FORGE_RCLONE names the rclone to use (1.72 or newer). Movements (.vrma) have the folder animations/
in each place. What a promotion remembers lies in AVATAR_FORGE_HOME/promotions.`;

/** Adds the options of the roles to a command. */
export function withRoles(command: Command): Command {
  return command
    .requiredOption('--production <place>', 'where models are published: a folder, or REMOTE:PATH', nonEmpty)
    .option('--mirror <place>', 'a second place with the same files', nonEmpty)
    .option('--cdn <place>', 'the place that a CDN serves from', nonEmpty)
    .option('--cdn-url <url>', 'where everybody finds the files of --cdn', nonEmpty);
}

export function placesOf({ production, mirror, cdn, cdnUrl }: RoleFlags): PlaceSettings {
  return { production, mirror, cdn, publicUrl: cdnUrl };
}

/** What lies on this machine, and a door to what does not. Error: `bad-s3-settings`. */
export interface PromotionDesk {
  readonly opener: Opener;
  readonly staging: StagingFolder;
  readonly journals: JournalFolder;
}

export function openDesk(env: NodeJS.ProcessEnv): PromotionDesk {
  const folder = promotionsFolder(homeFolder(env));
  const staging = new StagingFolder(join(folder, 'staging'));
  return {
    opener: new Opener(env, staging, s3RemotesOf(env)),
    staging,
    journals: new JournalFolder(folder),
  };
}

export function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}
