import { setTimeout as sleep } from 'node:timers/promises';
import { type GenerationRequest, generationTimeout, type Generator } from '../../core/assets/generation.ts';
import { ForgeError } from '../../core/errors.ts';
import type { Doing } from './polyHavenClient.ts';

export interface GenerateOptions extends Doing {
  /** Between two looks, in ms; the services ask not to be asked often. */
  readonly everyMs: number;
  /** Until it is given up, in ms. */
  readonly patienceMs: number;
}

export interface Generated {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** So many tries in a row may fail: what is under way has been paid for. */
const mostFailures = 5;
const passing = ['service-unreachable', 'service-timeout', 'rate-limited', 'service-refused', 'bad-answer'];

/** Has a mesh made and fetches it. Cancelled or given up, the service is asked to stop. Errors: those of {@link Generator}, `generation-timeout`, `cancelled`. */
export async function generate(
  generator: Generator,
  request: GenerationRequest,
  { everyMs, patienceMs, signal, onProgress }: GenerateOptions,
): Promise<Generated> {
  const { name } = generator;
  onProgress?.({ fraction: null, message: `Sending to ${name}` });
  const generation = await generator.start(request, signal);
  const bearing = <T>(work: () => Promise<T>): Promise<T> => bear(work, everyMs, signal);
  const startedAt = performance.now();
  try {
    for (;;) {
      const passed = performance.now() - startedAt;
      if (passed > patienceMs) throw generationTimeout(name, Math.round(patienceMs / 60_000), generation.id);
      const { is, words } = await bearing(() => generation.state(signal));
      if (is === 'done') break;
      onProgress?.({ fraction: null, message: `${name}: ${words} (${Math.round(passed / 1000)} s)` });
      await pause(everyMs, signal);
    }
  } catch (thrown) {
    await generation.abandon();
    throw thrown;
  }
  const onBytes = (received: number): void =>
    onProgress?.({ fraction: null, message: `Fetching the model: ${Math.round(received / 1024)} KiB` });
  const bytes = await bearing(async () =>
    generator.fetch(await generation.result(signal), { signal, onBytes }),
  );
  return { id: generation.id, bytes };
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
