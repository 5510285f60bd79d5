import { join } from 'node:path';
import { promotionsFolder } from '../../adapters/home.ts';
import { Opener, s3RemotesOf } from '../../adapters/storage/places.ts';
import { StagingFolder } from '../../adapters/storage/staging.ts';
import type { Services } from '../services.ts';
import { storageEnvOf } from '../storageEnv.ts';
import { storageRemotes } from './storageKeys.ts';

/** A door to the places of storage, by the settings and the keys as they are now. Error: `bad-s3-settings`. */
export async function openStorage({
  home,
  secrets,
  settings,
}: Pick<Services, 'home' | 'secrets' | 'settings'>): Promise<{ opener: Opener; staging: StagingFolder }> {
  const staging = new StagingFolder(join(promotionsFolder(home()), 'staging'));
  const remotes = [...s3RemotesOf(process.env), ...(await storageRemotes(secrets))];
  return { opener: new Opener(storageEnvOf(settings, process.env), staging, remotes), staging };
}
