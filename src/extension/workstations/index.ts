import type { ProviderId } from '../settings.ts';
import { endpoint } from './endpoint.ts';
import { kasm } from './kasm.ts';
import type { Provider } from './provider.ts';
import { thisMachine } from './thisMachine.ts';

/** Every provider; `avatarForge.workstation.provider` chooses one. */
export const providers: Readonly<Record<ProviderId, Provider>> = { thisMachine, endpoint, kasm };
