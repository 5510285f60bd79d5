import { z } from 'zod';
import { checkBytes, type FetchedFile } from '../../adapters/assets/polyHavenClient.ts';
import { checkKind, type FileKind } from '../../core/assets/fileKind.ts';
import {
  assetId,
  kindOf,
  type PolyHavenAbout,
  polyHavenCredit,
  polyHavenKinds,
  polyHavenLicence,
  resolutions,
} from '../../core/assets/polyHaven.ts';
import { checkGlb, gltfToGlb } from '../../core/assets/selfContained.ts';
import { ForgeError } from '../../core/errors.ts';
import { type AssetFile, importAsset, sendFiles } from '../importAsset.ts';
import { diff } from '../schemas.ts';
import { defineTool, type ToolContext } from '../tool.ts';
import type { ToolOutput } from '../toolOutput.ts';

const mostFound = 20;

export const polyHavenDownload = defineTool({
  name: 'poly_haven_download',
  title: 'Get from Poly Haven',
  description:
    'CC0 assets: search, preview, or import by id: an HDRI as world, a texture as material for set_material, a model.',
  hints: ['reaches-out'],
  deadlineMs: 300_000,
  input: {
    action: z.enum(['search', 'preview', 'import']),
    kind: z.enum(polyHavenKinds).optional(),
    query: z.string().max(100).optional(),
    id: assetId.optional(),
    resolution: z.enum(resolutions).optional(),
  },
  output: {
    assets: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
    licence: z.string(),
    credit: z.string(),
    objects: z.array(z.string()),
    material: z.string(),
    world: z.string(),
    diff,
  },
  run: async ({ action, kind, query = '', id, resolution = '1k' }, context) => {
    const { polyHaven } = context.outside;
    if (action === 'search') {
      const found = await polyHaven.search(query, kind, context);
      const assets = found.slice(0, mostFound).map(([each, about]) => brief(each, about));
      return said({ found: found.length, assets });
    }
    if (id === undefined) {
      throw new ForgeError(
        'bad-params',
        `To ${action} an asset takes its id.`,
        'Search first: results have the ids.',
      );
    }
    const about = await polyHaven.info(id, context);
    return action === 'preview' ? preview(id, about, context) : download(id, about, resolution, context);
  },
});

async function preview(id: string, about: PolyHavenAbout, context: ToolContext): Promise<ToolOutput> {
  const { polyHaven } = context.outside;
  const bytes = await polyHaven.thumbnail(about, context);
  const mime = `image/${checkKind('The thumbnail', bytes, ['webp', 'png', 'jpeg'])}`;
  const there = await polyHaven.resolutions(id, context);
  return {
    ...said({ assets: [{ ...brief(id, about), resolutions: there, tags: about.tags.slice(0, 20) }] }),
    images: [{ bytes, mime, sha256: '' }],
  };
}

async function download(
  id: string,
  about: PolyHavenAbout,
  resolution: (typeof resolutions)[number],
  context: ToolContext,
): Promise<ToolOutput> {
  const kind = kindOf(about);
  const fetched = await context.outside.polyHaven.files(id, about, resolution, context);
  fetched.forEach(check);
  const authors = Object.keys(about.authors);
  const source = {
    service: 'polyhaven',
    id,
    title: about.name,
    url: `https://polyhaven.com/a/${id}`,
    licence: polyHavenLicence,
    authors,
  };
  const files = await sendFiles(kind === 'model' ? [asGlb(id, fetched)] : fetched, context);
  const result = await importAsset({ kind, name: id, source, files }, context);
  const size_m = (about.dimensions ?? []).slice(0, 2).map((mm) => mm / 1000);
  return said({
    id,
    kind,
    resolution,
    ...result,
    authors,
    url: source.url,
    ...(kind === 'texture' ? { size_m } : {}),
  });
}

const kinds: Readonly<Record<string, FileKind>> = {
  jpg: 'jpeg',
  png: 'png',
  exr: 'exr',
  hdr: 'hdr',
  gltf: 'json',
};

/** By its first bytes, its length and its MD5. The files beside a .gltf are of kinds that only their use shows. */
function check(file: FetchedFile): void {
  const kind = kinds[file.format];
  if (kind !== undefined) checkKind(file.role, file.bytes, [kind]);
  checkBytes(file);
}

function asGlb(id: string, [main, ...beside]: readonly FetchedFile[]): AssetFile {
  if (main === undefined) throw new Error('A model has a file.');
  const bytes = gltfToGlb(main.bytes, new Map(beside.map(({ role, bytes: piece }) => [role, piece])));
  checkGlb(id, bytes);
  return { role: 'model', format: 'glb', bytes };
}

function brief(id: string, about: PolyHavenAbout) {
  return {
    id,
    name: about.name,
    kind: kindOf(about),
    categories: about.categories.slice(0, 6),
    downloads: about.download_count,
  };
}

function said(about: Record<string, unknown>): ToolOutput {
  return { structured: { ...about, licence: polyHavenLicence, credit: polyHavenCredit } };
}
