import { userInfo } from 'node:os';
import { canonicalJson, sha256 } from '../core/audit.ts';
import { toForgeError } from '../core/errors.ts';
import type { Services } from './services.ts';

/** Runs what a person asked of Blender, and leaves a line of audit however it ends. Error: `audit-failed`. */
export async function audited<T>(
  { audit, workstations }: Services,
  what: string,
  params: Readonly<Record<string, unknown>>,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const record = (outcome: string): Promise<void> =>
    audit.record({
      who: `person ${userInfo().username}`,
      where: workstations.info().label,
      what,
      digest: sha256(canonicalJson(params)),
      outcome,
      ms: Math.round(performance.now() - startedAt),
    });
  let result: T;
  try {
    result = await work();
  } catch (thrown) {
    await record(toForgeError(thrown, 'internal', what, '').code);
    throw thrown;
  }
  await record('ok');
  return result;
}
