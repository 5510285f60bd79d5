import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from './startPlan.ts';

/** A process that we started: how it ended is known, and it can be ended for certain. */
export class Child {
  /** Resolves with how it ended, also where it could not be started: `exit code 1`, `SIGKILL`, `ENOENT`. */
  readonly ended: Promise<string>;
  readonly pid: number | undefined;
  readonly #process: ChildProcess;

  /** @param descriptors how many are pipes: stdin, stdout, stderr, … */
  constructor({ file, args, env }: Command, descriptors: number) {
    this.#process = spawn(file, args, {
      env,
      stdio: Array.from({ length: descriptors }, () => 'pipe' as const),
    });
    this.pid = this.#process.pid;
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      this.#process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 0}`));
    });
    this.#process.stdin?.on('error', () => undefined);
  }

  /** What it writes to a descriptor. */
  output(descriptor: number): Readable {
    const stream: Readable | Writable | null | undefined = this.#process.stdio[descriptor];
    if (stream === null || stream === undefined || !('read' in stream))
      throw new Error(`${descriptor} is no pipe`);
    return stream;
  }

  /** Closes its stdin, then SIGTERM, then SIGKILL, each after a grace; resolves when it is gone. */
  async end(graceMs: number): Promise<void> {
    const steps = [
      () => this.#process.stdin?.end(),
      () => this.#process.kill('SIGTERM'),
      () => this.#process.kill('SIGKILL'),
    ];
    for (const step of steps) {
      step();
      const patience = new AbortController();
      const waited = sleep(graceMs, 'waited', { signal: patience.signal }).catch(() => 'ended');
      const first = await Promise.race([this.ended, waited]);
      patience.abort();
      if (first !== 'waited') return;
    }
    await this.ended;
  }
}
