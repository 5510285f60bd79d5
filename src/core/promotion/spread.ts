import { nameTaken, throwIfCancelled } from './failures.ts';
import { contentOf, type PromotionPlan } from './plan.ts';
import type { Target } from './ports.ts';
import { readBack } from './publish.ts';
import type { Stopwatch } from './steps.ts';
import type { PromotionPorts } from './wiring.ts';

/**
 * Brings what production has under `name` to another place under the same name: written from this machine, never copied from
 * server to server, for such a copy can be neither hashed on its way nor given its headers. Errors: as of a promotion.
 */
export async function spreadTo(
  target: Target,
  name: string,
  plan: PromotionPlan,
  { source, places }: Pick<PromotionPorts, 'source' | 'places'>,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<'published' | 'already-there'> {
  const { sha256, size } = plan.source;
  const seal = async (state: 'published' | 'already-there') => {
    await target.seal(name, sha256);
    return state;
  };
  throwIfCancelled(signal);
  if (await target.holds(name, contentOf(plan), signal)) return seal('already-there');
  const local = source.path === null ? await places.production.fetch(name, signal) : null;
  try {
    const onBytes = (bytes: number): void => watch.advance(bytes);
    const staged = await target.stageFile(name, local?.path ?? source.path ?? '', { signal });
    try {
      if ((await staged.publish(name, sha256, { signal, onBytes })) === 'taken') {
        if (await target.holds(name, contentOf(plan), signal)) return await seal('already-there');
        throw await nameTaken(target, name, sha256);
      }
      await readBack(target, staged, name, sha256, watch, size);
      return await seal('published');
    } finally {
      await staged.discard();
    }
  } finally {
    await local?.discard();
  }
}
