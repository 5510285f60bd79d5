import type { Settings } from './settings.ts';

/** The environment of what reaches remotes: it names the rclone that is set. */
export function storageEnvOf(settings: Settings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const rclone = settings.get('storage.rclonePath');
  return rclone === '' ? env : { ...env, AVATAR_FORGE_RCLONE: rclone };
}
