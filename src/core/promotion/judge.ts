import { throwIfCancelled } from './failures.ts';
import type { PromotionPlan } from './plan.ts';
import type { Content, Gate, Target, Verdict } from './ports.ts';
import type { Stopwatch } from './steps.ts';

/** What the gate says of bytes that production has already: nobody knows by which profile they came there, or whether by any. */
export async function judgePublished(
  name: string,
  { size }: Pick<Content, 'size'>,
  { profile, kind }: Pick<PromotionPlan, 'profile' | 'kind'>,
  { production, gate }: { readonly production: Target; readonly gate: Gate },
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  if ((await production.guarantee()) !== 'link') await watch.begin('fetch', size);
  const file = await production.fetch(name, { signal, onBytes: (count) => watch.advance(count) });
  try {
    await watch.begin('check');
    const verdict = await gate.check(file.path, profile, kind);
    throwIfCancelled(signal);
    return verdict;
  } finally {
    await file.discard();
  }
}
