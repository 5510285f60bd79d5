import { isOfKind, type PromotionKind, versionsOf } from './names.ts';
import type { Places, PublicState } from './ports.ts';
import { type ServedAs, servedByCdn } from './served.ts';

/** Where one published file is. */
export interface FileStatus {
  readonly name: string;
  readonly production: boolean;
  /** In production, bytes; null where it is not there. */
  readonly size: number | null;
  /** Null where the role is not filled. */
  readonly mirror: boolean | null;
  readonly cdn: boolean | null;
  /** What the public URL serves, and what that is beside the file in production; null without one. */
  readonly served: PublicState | null;
  readonly servedAs: ServedAs | null;
  /** Whether it is the newest version of its model. */
  readonly newest: boolean;
}

/**
 * Looks up every published file of a kind in all places, by its name; asks the public URL for headers alone. Errors: those of the
 * ports.
 */
export async function statusOf(
  places: Places,
  kind: PromotionKind,
  signal?: AbortSignal,
): Promise<readonly FileStatus[]> {
  const { production, mirror, cdn, publicUrl } = places;
  const [listed, there, far] = await Promise.all([
    production.list(kind, signal),
    mirror?.names(signal),
    cdn?.names(signal),
  ]);
  const sizes = new Map(listed.map(({ name, size }) => [name, size]));
  const named = [there, far].flatMap((names) => names ?? []).filter((name) => isOfKind(name, kind));
  const all = [...new Set([...sizes.keys(), ...named])].toSorted();
  const rows: FileStatus[] = [];
  for (const name of all) {
    const size = sizes.get(name) ?? null;
    const served = publicUrl === null ? null : await publicUrl.look(name, signal);
    rows.push({
      name,
      production: size !== null,
      size,
      mirror: there?.includes(name) ?? null,
      cdn: far?.includes(name) ?? null,
      served,
      servedAs: served === null ? null : servedByCdn(served, size),
      newest: versionsOf(name, all).at(-1) === name,
    });
  }
  return rows;
}
