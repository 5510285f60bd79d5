import { ForgeError } from '../core/errors.ts';
import type { Progress } from '../core/ports.ts';
import type { ToolOutput } from './toolOutput.ts';

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

/** Work that outlived the call that began it. */
export interface Job {
  readonly id: string;
  readonly tool: string;
  readonly startedAt: number;
  readonly outcome: Promise<ToolOutput>;
  state: JobState;
  progress: Progress | null;
}

const kept = 32;

/** The jobs of one server, oldest first; of those that ended the last 32 are remembered. */
export class Jobs {
  readonly #jobs = new Map<string, Job & { readonly abort: AbortController }>();
  #count = 0;

  start(
    tool: string,
    abort: AbortController,
    work: (report: (progress: Progress) => void) => Promise<ToolOutput>,
  ): Job {
    this.#count += 1;
    const outcome = Promise.resolve().then(() => work((progress) => (job.progress = progress)));
    const job: Job & { abort: AbortController } = {
      id: `job-${this.#count}`,
      tool,
      startedAt: Date.now(),
      outcome,
      state: 'running',
      progress: null,
      abort,
    };
    outcome.then(
      () => (job.state = 'done'),
      () => (job.state = abort.signal.aborted ? 'cancelled' : 'failed'),
    );
    this.#jobs.set(job.id, job);
    this.#forget();
    return job;
  }

  list(): Job[] {
    return [...this.#jobs.values()];
  }

  /** Error: `not-found`. */
  find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) {
      throw new ForgeError(
        'not-found',
        `There is no job ${id}.`,
        'Call job without an id to see which there are.',
      );
    }
    return job;
  }

  cancel(id: string): Job {
    const job = this.find(id);
    this.#jobs.get(id)?.abort.abort();
    return job;
  }

  /** Takes a job off the list: its result went out with the call that began it. */
  drop(id: string): void {
    this.#jobs.delete(id);
  }

  cancelAll(): void {
    for (const job of this.#jobs.values()) job.abort.abort();
  }

  /** When all have ended that are on the list now. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.list().map(({ outcome }) => outcome));
  }

  #forget(): void {
    const ended = this.list().filter((job) => job.state !== 'running');
    for (const job of ended.slice(0, Math.max(0, ended.length - kept))) this.#jobs.delete(job.id);
  }
}
