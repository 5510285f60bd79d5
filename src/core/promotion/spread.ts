import { copyMismatch, nameTaken, readBackMismatch, throwIfCancelled } from './failures.ts';
import { contentOf, copyOf, type PromotionPlan, type Role } from './plan.ts';
import type { PromotionBytes, Target, Transfer } from './ports.ts';
import type { Stopwatch } from './steps.ts';
import type { PromotionPorts } from './wiring.ts';

/**
 * Brings what production has under `name` to another place under the same name: written from this machine, never copied from
 * server to server, for such a copy can be neither hashed on its way nor given its headers; and compared with the plan before it is
 * sent. Errors: as of a promotion, and `copy-mismatch`.
 */
export async function spreadTo(
  { role, target }: { readonly role: Exclude<Role, 'production'>; readonly target: Target },
  name: string,
  plan: PromotionPlan,
  { source, places: { production } }: Pick<PromotionPorts, 'source' | 'places'>,
  watch: Stopwatch,
  signal: AbortSignal | undefined,
): Promise<'published' | 'already-there'> {
  const { sha256, size } = plan.source;
  const seal = async (state: 'published' | 'already-there') => {
    await target.seal(name, sha256);
    return state;
  };
  throwIfCancelled(signal);
  const isFolder = copyOf(plan, role).guarantee === 'link';
  const isMounted = copyOf(plan, 'production').guarantee === 'link'; // then its file lies here, and nobody can write it
  const own = isMounted ? null : await pathAsHashed(source);
  const isFetched = !isMounted && own === null;
  // To a folder: written and compared; to a remote: compared, sent and read back.
  const total = size * ((isFetched ? 1 : 0) + (isFolder ? 2 : 3));
  await watch.begin(role, total);
  let passes = 0;
  const pass = (): Transfer => {
    const before = size * passes++;
    return { signal, onBytes: (bytes) => watch.advance(before + bytes) };
  };
  const looking = { signal, onBytes: (bytes: number) => watch.advance(bytes) };
  if (await target.holds(name, contentOf(plan), looking)) {
    watch.advance(total); // there is no more to do
    return seal('already-there');
  }
  const origin =
    own === null
      ? await production.fetch(name, isFetched ? pass() : { signal })
      : { path: own, discard: () => Promise.resolve() };
  try {
    const staged = await target.stageFile(name, origin.path, isFolder ? pass() : { signal });
    try {
      const found = await staged.sha256(pass());
      if (found !== sha256) throw copyMismatch(target, name, found, sha256);
      throwIfCancelled(signal);
      if ((await staged.publish(name, sha256, isFolder ? { signal } : pass())) === 'taken') {
        if (await target.holds(name, contentOf(plan), looking)) return await seal('already-there');
        throw await nameTaken(target, name, sha256, looking);
      }
      if ((await staged.readBack(name, isFolder ? { signal } : pass())) !== sha256)
        throw await readBackMismatch(target, staged, name);
      return await seal('published');
    } finally {
      await staged.discard();
    }
  } finally {
    await origin.discard();
  }
}

/** Where the source lies on this machine, as long as it is the file that was hashed for the plan. */
async function pathAsHashed({ path, isAsHashed }: PromotionBytes): Promise<string | null> {
  return (await isAsHashed?.()) === true ? path : null;
}
