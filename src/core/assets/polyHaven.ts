import { z } from 'zod';
import { ForgeError } from '../errors.ts';

/** Poly Haven's public API, as far as it is read: https://api.polyhaven.com/api-docs/swagger.json */

export const polyHavenKinds = ['hdri', 'texture', 'model'] as const;
export type PolyHavenKind = (typeof polyHavenKinds)[number];
export const resolutions = ['1k', '2k', '4k', '8k'] as const;
export type Resolution = (typeof resolutions)[number];

/** Everything there is under it: https://polyhaven.com/license */
export const polyHavenLicence = 'CC0-1.0';
/** The terms of the API (§2.5) ask for it wherever what it says is shown. */
export const polyHavenCredit = 'Powered by Poly Haven (https://polyhaven.com)';

export const assetId = z
  .string()
  .max(50)
  .regex(/^[\w-]+$/, 'must be an id that search gave');

const about = z.object({
  name: z.string(),
  type: z.int().min(0).max(2),
  categories: z.array(z.string()).catch([]),
  tags: z.array(z.string()).catch([]),
  authors: z.record(z.string(), z.string()).catch({}),
  download_count: z.number().catch(0),
  dimensions: z.array(z.number()).nullish().catch(null),
  thumbnail_url: z.url(),
});
export type PolyHavenAbout = z.output<typeof about>;

const file = z.object({
  url: z.url(),
  md5: z.string().regex(/^[0-9a-f]{32}$/i),
  size: z.int().nonnegative(),
});
export type PolyHavenFile = z.output<typeof file>;
const files = z.record(z.string(), z.unknown());
/** `{resolution: {format: file}}` of one map, HDRI or model. */
const variants = z.record(
  z.string(),
  z.record(z.string(), file.extend({ include: z.record(z.string(), file).optional() })),
);

/** One of two thousand assets that is not as documented does not hide the others. */
const list = z.record(z.string(), z.unknown()).transform((all) =>
  Object.fromEntries(
    Object.entries(all).flatMap(([id, value]) => {
      const { success, data } = about.safeParse(value);
      return success ? [[id, data] as const] : [];
    }),
  ),
);

export const answers = { info: about, assets: list, files };

export function kindOf({ type }: Pick<PolyHavenAbout, 'type'>): PolyHavenKind {
  return polyHavenKinds[type as 0 | 1 | 2];
}

/** Assets with every word of the query in their names, tags or categories: those first that have them in the name, then what is liked. */
export function search(
  assets: Readonly<Record<string, PolyHavenAbout>>,
  query: string,
): [string, PolyHavenAbout][] {
  const words = query
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return Object.entries(assets)
    .map(([id, asset]) => {
      const title = `${id} ${asset.name}`.toLowerCase();
      const rest = [...asset.tags, ...asset.categories].join(' ').toLowerCase();
      const hits = words.map((word) => (title.includes(word) ? 2 : rest.includes(word) ? 1 : 0));
      return {
        id,
        asset,
        fits: hits.every((hit) => hit > 0),
        score: hits.reduce<number>((sum, hit) => sum + hit, 0),
      };
    })
    .filter(({ fits }) => fits)
    .sort((a, b) => b.score - a.score || b.asset.download_count - a.asset.download_count)
    .map(({ id, asset }) => [id, asset]);
}

/** What a file is for: a map of a texture, the HDRI, the model, or the path that the model names it by. */
export interface WantedFile extends PolyHavenFile {
  readonly role: string;
  readonly format: string;
}

/** The map that each name in the files' list stands for; normals are those of OpenGL, which is what Blender and glTF use. */
const maps: readonly (readonly [RegExp, string])[] = [
  [/^(diffuse|diff|albedo|coll?|color)(_?0?1)?$/, 'base_color'],
  [/^nor_gl$/, 'normal'],
  [/^rough(ness)?$/, 'roughness'],
  [/^metal(lic|ness)?$/, 'metallic'],
  [/^ao$/, 'ao'],
  [/^disp(lacement)?$/, 'displacement'],
  [/^arm$/, 'arm'],
];
/** Steps of 8 bits show in normals and heights; elsewhere JPEG is a fifth of the size. */
const formats: Readonly<Record<string, readonly string[]>> = {
  hdri: ['hdr', 'exr'],
  model: ['gltf'],
  normal: ['png', 'jpg', 'exr'],
  displacement: ['png', 'exr', 'jpg'],
};
const usual = ['jpg', 'png', 'exr'];

/** The files to fetch. Errors: `resolution-missing`, `bad-answer`. */
export function choose(
  id: string,
  kind: PolyHavenKind,
  listed: Readonly<Record<string, unknown>>,
  resolution: Resolution,
): readonly WantedFile[] {
  if (kind !== 'texture') {
    const chosen = pick(id, variantsOf(listed, kind === 'hdri' ? 'hdri' : 'gltf'), kind, resolution);
    if (chosen === null) throw resolutionMissing(id, listed, resolution);
    const { include = {}, ...main } = chosen;
    return [main, ...Object.entries(include).map(([path, one]) => ({ ...one, role: path, format: '' }))];
  }
  const found = new Map<string, WantedFile>();
  for (const key of Object.keys(listed)) {
    const role = maps.find(([name]) => name.test(key.toLowerCase()))?.[1];
    if (role === undefined || found.has(role)) continue;
    const chosen = pick(id, variantsOf(listed, key), role, resolution);
    if (chosen !== null) found.set(role, chosen);
  }
  if (!found.has('base_color')) throw resolutionMissing(id, listed, resolution);
  // One file in the place of three, unless they are there by themselves.
  if (found.has('roughness') || found.has('ao')) found.delete('arm');
  return [...found.values()];
}

/** Resolutions that the whole asset comes in, smallest first. */
export function resolutionsIn(listed: Readonly<Record<string, unknown>>): string[] {
  const main = Object.keys(listed).find((key) => /^(hdri|gltf|diff(use)?|col.*|albedo)$/i.test(key));
  return main === undefined
    ? []
    : Object.keys(variantsOf(listed, main)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

function pick(
  id: string,
  byResolution: z.output<typeof variants>,
  role: string,
  resolution: Resolution,
): (WantedFile & { readonly include?: Record<string, PolyHavenFile> | undefined }) | null {
  const byFormat = byResolution[resolution];
  if (byFormat === undefined) return null;
  const format = (formats[role] ?? usual).find((one) => byFormat[one] !== undefined);
  const chosen = format === undefined ? undefined : byFormat[format];
  if (format === undefined || chosen === undefined) {
    throw badList(id, `no ${role} in a format that is read here`);
  }
  return { ...chosen, role, format };
}

function variantsOf(listed: Readonly<Record<string, unknown>>, key: string): z.output<typeof variants> {
  const parsed = variants.safeParse(listed[key] ?? {});
  return parsed.success ? parsed.data : {};
}

function resolutionMissing(
  id: string,
  listed: Readonly<Record<string, unknown>>,
  wanted: string,
): ForgeError {
  const there = resolutionsIn(listed);
  if (there.length === 0) return badList(id, 'no list of resolutions');
  return new ForgeError(
    'resolution-missing',
    `${id} does not come in ${wanted}.`,
    `Choose one of: ${there.join(', ')}.`,
    { data: { resolutions: there } },
  );
}

function badList(id: string, what: string): ForgeError {
  return new ForgeError(
    'bad-answer',
    `Poly Haven’s list of files of ${id} has ${what}.`,
    'Choose another asset; if all are so, update Avatar Forge: the API may have changed.',
  );
}
