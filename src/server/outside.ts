import { PolyHavenClient } from '../adapters/assets/polyHavenClient.ts';
import { WebService } from '../adapters/assets/webService.ts';
import type { ServiceKeys } from '../protocol/control.ts';
import type { ServicesConfig } from './servicesConfig.ts';

/** Services on the web that tools call. This process asks them: Blender's machine needs no way out, and gets no key. */
export interface Outside {
  readonly polyHaven: PolyHavenClient;
}

export interface Patience {
  /** How long a service may be silent, in ms. */
  readonly silenceMs?: number | undefined;
}

export function outsideOf(
  { polyHaven }: ServicesConfig,
  version: string,
  _keys: () => Promise<ServiceKeys>,
  patience: Patience = {},
): Outside {
  // Poly Haven's terms ask for a name of one's own in it.
  const userAgent = `avatar-forge/${version}`;
  return {
    polyHaven: new PolyHavenClient(new WebService({ name: 'Poly Haven', userAgent, ...patience }), polyHaven),
  };
}
