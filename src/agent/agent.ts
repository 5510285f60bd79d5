import { once } from 'node:events';
import { IdleEnd, type IdleEndOptions } from './idleEnd.ts';

/** With what the agent's process ends; in docs/remote.md. */
const exitCodes = { ended: 0, idleSaved: 75, idleNotSaved: 76 } as const;

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
      code = isSaved ? exitCodes.idleSaved : exitCodes.idleNotSaved;
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
    return code;
  } finally {
    idle.stop();
    signal.removeEventListener('abort', onAbort);
    await Promise.all(opened.map((entrance) => entrance.close()));
  }
}
