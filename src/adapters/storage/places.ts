import { ForgeError } from '../../core/errors.ts';
import type { PromotionKind } from '../../core/promotion/names.ts';
import type { Places, Source, Target } from '../../core/promotion/ports.ts';
import { FolderTarget } from './folder.ts';
import { LocalSource } from './localSource.ts';
import { HttpPublicUrl } from './publicUrl.ts';
import { Rclone } from './rclone.ts';
import { isRemotePath, type RcloneRemote, s3Remote } from './rcloneCommands.ts';
import { RcloneSource } from './rcloneSource.ts';
import { RemoteTarget } from './remoteTarget.ts';
import type { StagingFolder } from './staging.ts';

/** Where the roles are, in a user's words: a folder, or `REMOTE:PATH` of rclone's. */
export interface PlaceSettings {
  readonly production: string;
  readonly mirror?: string | undefined;
  readonly cdn?: string | undefined;
  /** Where the CDN's folder is served from. */
  readonly publicUrl?: string | undefined;
}

/** Opens what promotions work with. rclone is looked for when a remote is first asked. */
export class Opener {
  readonly #env: NodeJS.ProcessEnv;
  readonly #staging: StagingFolder;
  readonly #remotes: readonly RcloneRemote[];
  #rclone: Rclone | null = null;

  /** `remotes`: those that no rclone.conf has to know, such as S3 settings whose keys are kept elsewhere. */
  constructor(env: NodeJS.ProcessEnv, staging: StagingFolder, remotes: readonly RcloneRemote[] = []) {
    this.#env = env;
    this.#staging = staging;
    this.#remotes = remotes;
  }

  /** Error: `bad-remote-path`. */
  source(place: string): Source {
    return isRemotePath(place) ? new RcloneSource(this.#open(), place) : new LocalSource(place);
  }

  /** Movements have a folder of their own in each place. Errors: `bad-remote-path`, `bad-public-url`. */
  places(settings: PlaceSettings, kind: PromotionKind): Places {
    const { production, mirror, cdn, publicUrl } = settings;
    const below = kind === 'animation' ? 'animations' : undefined;
    if (publicUrl !== undefined && cdn === undefined) {
      throw new ForgeError(
        'bad-public-url',
        'There is a public URL, but no CDN whose files it serves.',
        'Name the bucket, too: --cdn REMOTE:BUCKET.',
      );
    }
    return {
      production: this.#target(production, below),
      mirror: mirror === undefined ? null : this.#target(mirror, below),
      cdn: cdn === undefined ? null : this.#target(cdn, below),
      publicUrl: publicUrl === undefined ? null : new HttpPublicUrl(publicUrl, below),
    };
  }

  #target(place: string, below: string | undefined): Target {
    if (!isRemotePath(place)) return new FolderTarget(place, below);
    return new RemoteTarget(this.#open(), place, this.#staging, below);
  }

  #open(): Rclone {
    this.#rclone ??= new Rclone({ env: this.#env, remotes: this.#remotes });
    return this.#rclone;
  }
}

const s3Roles = ['source', 'production', 'mirror', 'cdn'] as const;

/**
 * S3 settings from `AVATAR_FORGE_S3_<ROLE>_ENDPOINT`, `…_ACCESS_KEY_ID`, `…_SECRET_ACCESS_KEY` and `…_REGION`, as remotes that are
 * called by their roles: `mirror:avatar-models`. Error: `bad-s3-settings`.
 */
export function s3RemotesOf(env: NodeJS.ProcessEnv): readonly RcloneRemote[] {
  return s3Roles.flatMap((role) => {
    const value = (what: string): string => env[`AVATAR_FORGE_S3_${role.toUpperCase()}_${what}`] ?? '';
    const [endpoint, accessKeyId, secretAccessKey, region] = [
      value('ENDPOINT'),
      value('ACCESS_KEY_ID'),
      value('SECRET_ACCESS_KEY'),
      value('REGION'),
    ];
    const given = [endpoint, accessKeyId, secretAccessKey].filter((one) => one !== '');
    if (given.length === 0) return [];
    if (given.length < 3 || !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
      throw new ForgeError(
        'bad-s3-settings',
        `The S3 settings of the ${role} are not whole.`,
        `Set AVATAR_FORGE_S3_${role.toUpperCase()}_ENDPOINT (https://…), _ACCESS_KEY_ID and _SECRET_ACCESS_KEY.`,
      );
    }
    return [s3Remote(role, { endpoint, accessKeyId, secretAccessKey, ...(region === '' ? {} : { region }) })];
  });
}
