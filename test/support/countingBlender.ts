import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const script = join(import.meta.dirname, '../python/counting_blender.py');
const ready = z.object({ port: z.number() });

export interface CountingBlender {
  /** On 127.0.0.1 of where it runs. */
  readonly port: number;
  close(): Promise<void>;
}

/** The add-on's own server with commands that count how often they ran; `within` is a command to start it by. */
export async function countingBlender(within: readonly string[] = []): Promise<CountingBlender> {
  const child = spawn('env', [...within, 'python3', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return {
      port: ready.parse(JSON.parse(line)).port,
      close: async () => {
        child.stdin.end();
        await exit;
      },
    };
  }
  throw new Error('It ended before it listened.');
}
