import { FalQueue } from '../adapters/assets/falQueue.ts';
import { Hyper3dSite } from '../adapters/assets/hyper3dSite.ts';
import { PolyHavenClient } from '../adapters/assets/polyHavenClient.ts';
import { WebService } from '../adapters/assets/webService.ts';
import { type Generator, noKey } from '../core/assets/generation.ts';
import type { ServiceKeys } from '../protocol/control.ts';
import type { ServicesConfig } from './servicesConfig.ts';

/** Services on the web that tools call. This process asks them: Blender's machine needs no way out, and gets no key. */
export interface Outside {
  readonly polyHaven: PolyHavenClient;
  /** By the key there is: Hyper3D's own, else fal.ai's. Error: `no-service-key`. */
  readonly generator: () => Promise<Generator>;
  /** Between two looks at a generation, and until it is given up, in ms. */
  readonly everyMs: number;
  readonly patienceMs: number;
}

export interface Patience {
  /** How long a service may be silent, in ms. */
  readonly silenceMs?: number | undefined;
  readonly everyMs?: number | undefined;
  readonly patienceMs?: number | undefined;
}

export function outsideOf(
  { polyHaven, hyper3d, fal }: ServicesConfig,
  version: string,
  keys: () => Promise<ServiceKeys>,
  { silenceMs, everyMs = 5_000, patienceMs = 20 * 60_000 }: Patience = {},
): Outside {
  // Poly Haven's terms ask for a name of one's own in it.
  const common = { userAgent: `avatar-forge/${version}`, silenceMs };
  const subscriptions = new Map<string, string>();
  return {
    polyHaven: new PolyHavenClient(new WebService({ ...common, name: 'Poly Haven' }), polyHaven),
    generator: async () => {
      const known = await keys();
      if (known.hyper3d !== null) {
        const authorization = `Bearer ${known.hyper3d}`;
        const web = new WebService({ ...common, name: 'Hyper3D', authorization });
        return new Hyper3dSite(web, hyper3d, subscriptions);
      }
      if (known.fal === null) throw noKey();
      const authorization = `Key ${known.fal}`;
      return new FalQueue(new WebService({ ...common, name: 'fal.ai', authorization }), fal);
    },
    everyMs,
    patienceMs,
  };
}
