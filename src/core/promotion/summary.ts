import type { Facts } from '../vrm/facts.ts';

/** What of a model is worth comparing with the version before. Texts are the file's own: untrusted. */
export interface ModelSummary {
  readonly bytes: number;
  readonly triangles: number;
  readonly materials: number;
  readonly bones: number;
  readonly textures: number;
  readonly texturePixels: number;
  /** 1.0 names, sorted. */
  readonly expressions: readonly string[];
  readonly license: string | null;
  /** What the licence says on permissions, by the file's own names. */
  readonly permissions: Readonly<Record<string, string | boolean>>;
}

export function summaryOf(facts: Facts): ModelSummary {
  return {
    bytes: facts.sizeBytes,
    triangles: facts.triangles,
    materials: facts.materials,
    bones: facts.bones.length,
    textures: facts.images.length,
    texturePixels: facts.images.reduce((sum, { width, height }) => sum + (width ?? 0) * (height ?? 0), 0),
    expressions: facts.expressions.map(({ name }) => name).toSorted(),
    license: facts.meta.license,
    permissions: facts.meta.permissions,
  };
}

const figures = ['bytes', 'triangles', 'materials', 'bones', 'textures', 'texturePixels'] as const;

/** One thing in which two versions differ. */
export type Difference =
  | { readonly what: (typeof figures)[number]; readonly before: number; readonly after: number }
  | { readonly what: 'expressions'; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** `permission`: the file's own name of it; absent for the licence itself. */
  | {
      readonly what: 'license';
      readonly permission?: string;
      readonly before: string | boolean | null;
      readonly after: string | boolean | null;
    };

/** In what `after` differs from `before`; nothing where they are alike, or where one is not known. */
export function differencesOf(
  before: ModelSummary | null,
  after: ModelSummary | null,
): readonly Difference[] {
  if (before === null || after === null) return [];
  const counted = figures.flatMap((what): Difference[] =>
    before[what] === after[what] ? [] : [{ what, before: before[what], after: after[what] }],
  );
  const added = after.expressions.filter((name) => !before.expressions.includes(name));
  const removed = before.expressions.filter((name) => !after.expressions.includes(name));
  const faces: Difference[] =
    added.length + removed.length === 0 ? [] : [{ what: 'expressions', added, removed }];
  const licence: Difference[] =
    before.license === after.license
      ? []
      : [{ what: 'license', before: before.license, after: after.license }];
  const permissions = [...new Set([...Object.keys(before.permissions), ...Object.keys(after.permissions)])];
  const allowed = permissions.flatMap((permission): Difference[] => {
    const [was, is] = [before.permissions[permission] ?? null, after.permissions[permission] ?? null];
    return was === is ? [] : [{ what: 'license', permission, before: was, after: is }];
  });
  return [...counted, ...faces, ...licence, ...allowed];
}
