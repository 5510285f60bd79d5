import type { ServiceKeys } from '../../../src/protocol/control.ts';
import { type Outside, outsideOf, type Patience } from '../../../src/server/outside.ts';
import { type ServicesConfig, servicesConfig } from '../../../src/server/servicesConfig.ts';

const closed = 'http://127.0.0.1:9';

/** Services on the web, those that are not named at an address where nobody is. */
export function outsideFor(
  { keys, ...places }: Partial<ServicesConfig> = {},
  patience: Patience = {},
): Outside {
  const none = servicesConfig({
    AVATAR_FORGE_POLYHAVEN_URL: closed,
    AVATAR_FORGE_HYPER3D_URL: closed,
    AVATAR_FORGE_FAL_URL: closed,
  });
  const known: ServiceKeys = keys ?? none.keys;
  return outsideOf({ ...none, ...places }, '0.0.0', () => Promise.resolve(known), patience);
}
