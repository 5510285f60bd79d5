import { setTimeout as sleep } from 'node:timers/promises';

/** How long a test waits for something that is to come: a busy machine takes many times what a quiet one does. */
export const waitMs = 60_000;

/** Asks again and again until the answer is neither null, undefined nor false; fails saying what was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs = waitMs,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await sleep(100);
  }
}
