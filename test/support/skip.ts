import type { Context } from 'mocha';

/** Skips the test, or in a `before` hook all of its suite, and puts the reason where ./check shows it. */
export function skip(context: Context, reason: string): never {
  const runnable = context.runnable();
  const named = 'type' in runnable && runnable.type === 'hook' ? (runnable.parent ?? runnable) : runnable;
  named.title += ` (skipped: ${reason})`;
  return context.skip();
}
