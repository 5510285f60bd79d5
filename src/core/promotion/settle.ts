import { ForgeError } from '../errors.ts';
import { lookAlikeOf, nextName, splitVersion, versionsOf } from './names.ts';
import type { Content, Places, Target, Transfer } from './ports.ts';

/** Which name some bytes get: one that is `free`, one that holds the `same` bytes in production, or none, for it is `taken`. */
export interface Settlement {
  readonly state: 'free' | 'same' | 'taken';
  readonly name: string;
  /** `taken`: the place where other bytes have it. */
  readonly place?: string;
}

/**
 * Finds the name for some bytes among those in production, mirror and CDN. Without `exact`, any version of the model that holds
 * the same bytes will do, and else the next that is free everywhere. `alsoTaken` are names known to be taken in production that a
 * cached listing may not show yet. `transfer` tells of bytes that are read to compare them. Errors: `name-looks-alike` and those of {@link Target}.
 */
export async function settle(
  places: Pick<Places, 'production' | 'mirror' | 'cdn'>,
  { name, exact }: { readonly name: string; readonly exact: boolean },
  content: Content,
  transfer: Transfer = {},
  alsoTaken: readonly string[] = [],
): Promise<Settlement> {
  const targets = [places.production, places.mirror, places.cdn].filter((one) => one !== null);
  const listings = await Promise.all(
    targets.map(async (target) => ({ target, names: new Set(await target.names(transfer.signal)) })),
  );
  for (const one of alsoTaken) listings[0]?.names.add(one);
  const taken = [...new Set(listings.flatMap(({ names }) => [...names]))];
  const versions = versionsOf(name, taken);
  for (const candidate of exact ? versions.filter((one) => one === name) : versions) {
    const having = listings.filter(({ names }) => names.has(candidate)).map(({ target }) => target);
    const other = await firstWithOther(having, candidate, content, transfer);
    if (other === null) {
      return { state: having.includes(places.production) ? 'same' : 'free', name: candidate };
    }
    if (exact) return { state: 'taken', name, place: other.place };
  }
  const alike = versions.length > 0 ? null : lookAlikeOf(name, taken);
  if (alike !== null) {
    throw new ForgeError(
      'name-looks-alike',
      `${name} would be taken for ${alike}, which is another model in ${places.production.place}.`,
      `Use --name ${splitVersion(alike).stem} to publish its next version, or give a name that looks different.`,
    );
  }
  return { state: 'free', name: exact ? name : nextName(name, taken) };
}

/** Production is asked first: where it has other bytes, the others need not be. */
async function firstWithOther(
  targets: readonly Target[],
  name: string,
  content: Content,
  transfer: Transfer,
): Promise<Target | null> {
  for (const target of targets) {
    if (!(await target.holds(name, content, transfer))) return target;
  }
  return null;
}
