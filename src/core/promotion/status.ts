import { versionsOf } from './names.ts';
import type { Places, PublicState } from './ports.ts';

/** Where one published file is. */
export interface FileStatus {
  readonly name: string;
  readonly production: boolean;
  /** Null where the role is not filled. */
  readonly mirror: boolean | null;
  readonly cdn: boolean | null;
  /** What the public URL serves; null without one. */
  readonly served: PublicState | null;
  /** Whether it is the newest version of its model. */
  readonly newest: boolean;
}

/** Looks up every published file in all places, by its name; asks the public URL for headers alone. Errors: those of the ports. */
export async function statusOf(places: Places, signal?: AbortSignal): Promise<readonly FileStatus[]> {
  const { production, mirror, cdn, publicUrl } = places;
  const [here, there, far] = await Promise.all(
    [production, mirror, cdn].map(async (target) =>
      target === null ? null : (await target.names(signal)).filter((name) => /\.vrma?$/.test(name)),
    ),
  );
  const all = [...new Set([here, there, far].flatMap((names) => names ?? []))].toSorted();
  const has = (names: readonly string[] | null | undefined, name: string): boolean | null =>
    names?.includes(name) ?? null;
  const rows: FileStatus[] = [];
  for (const name of all) {
    rows.push({
      name,
      production: has(here, name) ?? false,
      mirror: has(there, name),
      cdn: has(far, name),
      served: publicUrl === null ? null : await publicUrl.look(name, signal),
      newest: versionsOf(name, all).at(-1) === name,
    });
  }
  return rows;
}
