import type { ProviderId } from '../settings.ts';
import type { WorkstationLog } from './diary.ts';
import type { Provider, ProviderContext } from './provider.ts';

export interface WorkstationServiceOptions extends Pick<
  ProviderContext,
  'settings' | 'secrets' | 'installation' | 'env' | 'network'
> {
  readonly home: () => string;
  readonly providers: Readonly<Record<ProviderId, Provider>>;
  readonly log: WorkstationLog;
  /** How often the latency is measured while ready. */
  readonly pulseMs?: number | undefined;
}
