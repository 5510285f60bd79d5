import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../core/errors.ts';
import { IdleEnd, type IdleEndOptions } from './idleEnd.ts';

/** With what the agent's process ends; in docs/remote.md. */
const exitCodes = { ended: 0, idleSaved: 75, notSaved: 76 } as const;
/** Container engines wait ten seconds between the signal and the kill. */
const lastSaveMs = 8_000;

/** A way by which clients come in. */
export interface Entrance {
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface AgentOptions extends Omit<IdleEndOptions, 'onEnd'> {
  /** Each is told whom to tell how many clients came in by it, whenever that changes. */
  readonly entrances: readonly ((onClients: (count: number) => void) => Entrance)[];
  /** Aborted: end in good order. */
  readonly signal: AbortSignal;
  /** How long the scene of a Blender that ends with the agent may take to be saved before, in ms. */
  readonly lastSaveMs?: number | undefined;
}

/** Serves until it is told to end, or nobody was there for so long that the scene was saved. Resolves to the exit code. */
export async function runAgent(options: AgentOptions): Promise<number> {
  const { signal, entrances: builders } = options;
  const ending = new AbortController();
  const over = once(ending.signal, 'abort');
  let code: number = exitCodes.ended;
  const idle = new IdleEnd({
    ...options,
    onEnd: (isSaved) => {
      code = isSaved ? exitCodes.idleSaved : exitCodes.notSaved;
      ending.abort();
    },
  });
  const counts = builders.map(() => 0);
  const entrances = builders.map((build, index) =>
    build((count) => {
      counts[index] = count;
      idle.changed(counts.reduce((sum, one) => sum + one, 0));
    }),
  );
  const onAbort = (): void => ending.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const opened: Entrance[] = [];
  try {
    for (const entrance of entrances) {
      await entrance.open();
      opened.unshift(entrance);
    }
    await over;
    if (signal.aborted && options.endsBlender() && !(await savedAtLast(options))) code = exitCodes.notSaved;
    return code;
  } finally {
    idle.stop();
    signal.removeEventListener('abort', onAbort);
    await Promise.all(opened.map((entrance) => entrance.close()));
  }
}

/** Into the projects, as when it is idle, but in one try: whoever ended the agent does not wait for long. */
async function savedAtLast({
  blender,
  log,
  lastSaveMs: patience = lastSaveMs,
}: AgentOptions): Promise<boolean> {
  log('The agent is ended: the scene is saved first.');
  const over = new AbortController();
  const late = sleep(patience, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it took longer than ${patience / 1000} s`);
  });
  try {
    await Promise.race([
      blender.call('save_project', {}, { deadlineMs: patience, signal: over.signal }),
      late,
    ]);
    return true;
  } catch (thrown) {
    log(`The scene could not be saved: ${reasonOf(thrown)}`);
    return false;
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}
