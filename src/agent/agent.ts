import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../core/errors.ts';
import type { BlenderPort } from '../core/ports.ts';
import { IdleWatch } from './idleWatch.ts';
import { Listener, type ListenerOptions } from './listener.ts';

/** With what the agent's process ends; in docs/remote.md. */
const exitCodes = { ended: 0, idleSaved: 75, idleNotSaved: 76 } as const;

export interface AgentOptions extends Omit<ListenerOptions, 'onClients'> {
  readonly idleMs: number;
  readonly blender: Pick<BlenderPort, 'call'>;
  /** Aborted: end in good order. */
  readonly signal: AbortSignal;
  readonly onListening: (port: number) => void;
  /** Between two tries to save an idle scene, in ms. */
  readonly saveAgainMs?: number | undefined;
}

const saveTries = 3;
const saveDeadlineMs = 120_000;

/** Serves until it is told to end, or nobody was there for so long that the scene was saved. Resolves to the exit code. */
export async function runAgent(options: AgentOptions): Promise<number> {
  const { signal, log, metrics } = options;
  const ending = new AbortController();
  const over = once(ending.signal, 'abort');
  let code: number = exitCodes.ended;
  const putAway = async (): Promise<void> => {
    const { clientsEver } = metrics;
    const hasNews = (): boolean => metrics.clientsEver !== clientsEver;
    log('Nobody has been here for long: the scene is saved.');
    const saved = await save(options, hasNews);
    if (hasNews()) {
      watch.changed(listener.clients);
      return;
    }
    code = saved;
    ending.abort();
  };
  const watch = new IdleWatch(options.idleMs, () => void putAway());
  const listener = new Listener({ ...options, onClients: (count) => watch.changed(count) });
  const onAbort = (): void => ending.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    options.onListening(await listener.listen());
    await over;
    return code;
  } finally {
    watch.stop();
    signal.removeEventListener('abort', onAbort);
    await listener.close();
  }
}

async function save(
  { blender, log, signal, saveAgainMs = 60_000 }: AgentOptions,
  isWanted: () => boolean,
): Promise<number> {
  for (let left = saveTries; ;) {
    try {
      await blender.call(
        'checkpoint',
        { action: 'create', label: 'idle' },
        { deadlineMs: saveDeadlineMs, signal },
      );
      return exitCodes.idleSaved;
    } catch (thrown) {
      log(`The scene could not be saved: ${reasonOf(thrown)}`);
      left -= 1;
      if (left === 0 || signal.aborted || isWanted()) return exitCodes.idleNotSaved;
      await sleep(saveAgainMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
