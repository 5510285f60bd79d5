import { toForgeError } from '../core/errors.ts';
import { exitCodeOf, printError } from './promoteReport.ts';

/** Runs a command's work until SIGINT or SIGTERM; its errors are printed. Returns the exit code. */
export async function untilInterrupted(
  json: boolean,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
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
