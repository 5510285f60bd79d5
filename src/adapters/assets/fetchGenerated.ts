import { setTimeout as sleep } from 'node:timers/promises';
import { type Generation, generationTimeout, type Generator } from '../../core/assets/generation.ts';
import { ForgeError } from '../../core/errors.ts';
import type { Doing } from './polyHavenClient.ts';

export interface GenerateOptions extends Doing {
  /** Between two looks, in ms; the services ask not to be asked often. */
  readonly everyMs: number;
  /** Until it is given up, in ms. */
  readonly patienceMs: number;
}

/** So many tries in a row may fail: what is under way has been paid for. */
const mostFailures = 5;
const passing = ['service-unreachable', 'service-timeout', 'rate-limited', 'service-refused', 'bad-answer'];

/**
 * Waits until a generation is done and fetches its GLB. Cancelled, the service is asked to stop; given up, it goes on there.
 * Errors: those of {@link Generator}, `generation-timeout`, `cancelled`.
 */
export async function fetchGenerated(
  generator: Generator,
  generation: Generation,
  { everyMs, patienceMs, signal, onProgress }: GenerateOptions,
): Promise<Uint8Array> {
  const { name } = generator;
  const bearing = <T>(work: () => Promise<T>): Promise<T> => bear(work, everyMs, signal);
  const startedAt = performance.now();
  try {
    for (;;) {
      const passed = performance.now() - startedAt;
      if (passed > patienceMs) throw generationTimeout(name, Math.round(patienceMs / 60_000));
      const { is, words } = await bearing(() => generation.state(signal));
      if (is === 'done') break;
      const seconds = Math.round(passed / 1000);
      onProgress?.({ fraction: null, message: `${name}: ${words} (${seconds} s, id ${generation.id})` });
      await pause(everyMs, signal);
    }
  } catch (thrown) {
    if (signal?.aborted === true) await generation.abandon();
    throw thrown;
  }
  const onBytes = (received: number): void =>
    onProgress?.({ fraction: null, message: `Fetching the model: ${Math.round(received / 1024)} KiB` });
  return bearing(async () => generator.fetch(await generation.result(signal), { signal, onBytes }));
}

/** Work that is tried again where the way to the service fails. */
async function bear<T>(work: () => Promise<T>, everyMs: number, signal: AbortSignal | undefined): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (thrown) {
      const mayPass = thrown instanceof ForgeError && passing.includes(thrown.code);
      if (!mayPass || failures >= mostFailures) throw thrown;
    }
    await pause(everyMs, signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new ForgeError('cancelled', 'The generation was cancelled.', 'Call again when it is wanted.');
  });
}
