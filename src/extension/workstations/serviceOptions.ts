import type { ProviderId } from '../settings.ts';
import type { WorkstationLog } from './diary.ts';
import type { Provider, ProviderContext } from './provider.ts';

export interface WorkstationServiceOptions extends Pick<
  ProviderContext,
  'settings' | 'secrets' | 'installation' | 'env'
> {
  readonly home: () => string;
  /** The environment with the editor's own proxy in it, for connections. */
  readonly network: () => ProviderContext['env'];
  readonly providers: Readonly<Record<ProviderId, Provider>>;
  readonly log: WorkstationLog;
  /** How often the latency is measured while ready. */
  readonly pulseMs?: number | undefined;
}
