import { badConfig, type Environment, given } from '../adapters/environment.ts';
import { bareHost, isLoopback } from '../core/address.ts';
import type { ServiceKeys } from '../protocol/control.ts';

/** Services on the web, as the environment has them. */
export interface ServicesConfig {
  readonly polyHaven: URL;
  readonly hyper3d: URL;
  readonly fal: URL;
  /** For a server without an editor: an editor has its own. */
  readonly keys: ServiceKeys;
}

/** Error: `bad-config`; it repeats no value. */
export function servicesConfig(env: Environment): ServicesConfig {
  return {
    polyHaven: addressOf(env, 'AVATAR_FORGE_POLYHAVEN_URL', 'https://api.polyhaven.com'),
    hyper3d: addressOf(env, 'AVATAR_FORGE_HYPER3D_URL', 'https://hyperhuman.deemos.com'),
    fal: addressOf(env, 'AVATAR_FORGE_FAL_URL', 'https://queue.fal.run'),
    keys: { hyper3d: keyOf(env, 'AVATAR_FORGE_HYPER3D_KEY'), fal: keyOf(env, 'AVATAR_FORGE_FAL_KEY') },
  };
}

function addressOf(env: Environment, name: string, otherwise: string): URL {
  const url = URL.parse(given(env, name) ?? otherwise);
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(bareHost(url.hostname)));
  if (url === null || !isSafe || url.username !== '') {
    throw badConfig(name, 'it must be an https:// address without a login; http:// is for this machine only');
  }
  return url;
}

function keyOf(env: Environment, name: string): string | null {
  const key = given(env, name) ?? null;
  if (key !== null && !/^[\x21-\x7e]+$/.test(key))
    throw badConfig(name, 'it has characters that no header can carry');
  return key;
}
