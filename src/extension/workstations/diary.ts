import { plainText } from '../../core/untrusted.ts';
import type { WorkstationState } from '../../core/workstation.ts';

export interface WorkstationLog {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}

const kept = 300;

/** What became of the workstation and what Blender wrote: into the log, and the last of it to be shown. */
export class Diary {
  readonly #log: WorkstationLog;
  readonly #lines: string[] = [];

  constructor(log: WorkstationLog) {
    this.#log = log;
  }

  /** The last 300 lines, oldest first. */
  lines(): readonly string[] {
    return [...this.#lines];
  }

  /** @param staysUp it only became busy, or ready again: told where much is wanted */
  state(label: string, state: WorkstationState, staysUp: boolean): void {
    const level = state.is === 'failed' ? 'warn' : staysUp ? 'debug' : 'info';
    this.note(`${label}: ${describe(state)}`, level);
  }

  note(line: string, level: keyof WorkstationLog = 'info'): void {
    const plain = plainText(line, 1_000);
    this.#lines.push(plain);
    if (this.#lines.length > kept) this.#lines.shift();
    this.#log[level](plain);
  }
}

function describe(state: WorkstationState): string {
  if (state.is === 'reconnecting') return `reconnecting, attempt ${state.attempt}`;
  if (state.is === 'failed') return `failed: ${state.failure.code}: ${state.failure.message}`;
  return state.is === 'busy' && state.job !== null ? `busy: ${state.job}` : state.is;
}
