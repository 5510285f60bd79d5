import { toForgeError } from '../core/errors.ts';
import { exitCodeOf, printError } from './promoteReport.ts';

/**
 * Runs a command's work until SIGINT or SIGTERM, which cancels it; a second one ends the process at once. Its errors are printed.
 * Returns the exit code.
 */
export async function untilInterrupted(
  json: boolean,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = new AbortController();
  // Never `once`: execa takes a signal that nobody else listens to any more for this process's end.
  const onInterrupt = (): void => {
    if (interrupt.signal.aborted) process.exit(1);
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    return await work(interrupt.signal);
  } catch (thrown) {
    const error = toForgeError(thrown, 'internal', 'This is a defect of Avatar Forge', 'Please report it.');
    printError(error, json);
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}
