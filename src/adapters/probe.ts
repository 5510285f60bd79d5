import type { Probe } from '../core/doctor/facts.ts';
import { toForgeError } from '../core/errors.ts';

/** Looks, and never rejects. */
export async function probe<T>(look: () => Promise<T>): Promise<Probe<T>> {
  try {
    return { is: 'found', value: await look() };
  } catch (thrown) {
    const { code, message, next } = toForgeError(thrown, 'internal', 'Looking failed', 'Please report it.');
    return { is: 'failed', code, message, next };
  }
}
