import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled } from '../../core/kasm/errors.ts';

/** Waits. Error: `cancelled`. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw cancelled();
  });
}
