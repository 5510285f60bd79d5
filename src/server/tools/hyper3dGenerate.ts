import { z } from 'zod';
import { generate } from '../../adapters/assets/generate.ts';
import { checkKind } from '../../core/assets/fileKind.ts';
import type { Picture } from '../../core/assets/generation.ts';
import { checkGlb } from '../../core/assets/selfContained.ts';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import { importAsset, uploadName } from '../importAsset.ts';
import { diff, fileName } from '../schemas.ts';
import { defineTool, type ToolContext } from '../tool.ts';

/** What both services take, of each picture. */
const mostPictureBytes = 10 << 20;

export const hyper3dGenerate = defineTool({
  name: 'hyper3d_generate',
  title: 'Generate a mesh',
  description:
    'A textured mesh by Hyper3D Rodin from words or pictures: takes minutes, costs the user credit, lands in collection Quarantine.',
  hints: ['reaches-out'],
  deadlineMs: 300_000,
  input: {
    prompt: z.string().min(1).max(1000).optional(),
    images: z.array(fileName).max(5).optional().describe('files in textures/: sides of one thing'),
    name: z.string().min(1).max(60).optional(),
    height: z.number().positive().optional().describe('m, default 1'),
    triangles: z.int().positive().optional(),
    draft: z.boolean().optional(),
    t_pose: z.boolean().optional(),
  },
  output: {
    objects: z.array(z.string()),
    collection: z.string(),
    triangles: z.int(),
    dimensions: z.array(z.number()),
    licence: z.string(),
    diff,
  },
  run: async ({ prompt, images = [], name, height, triangles, draft = false, t_pose = false }, context) => {
    if (prompt === undefined && images.length === 0) {
      throw new ForgeError(
        'bad-params',
        'There is nothing to make it of.',
        'Give a prompt, or images, or both.',
      );
    }
    const { outside, blender, signal, onProgress } = context;
    const generator = await outside.generator();
    const pictures = await readPictures(images, context);
    await blender.describe(); // before anything is paid for
    const request = { prompt: prompt ?? null, images: pictures, draft, tPose: t_pose };
    const { everyMs, patienceMs } = outside;
    const { id, bytes } = await generate(generator, request, { everyMs, patienceMs, signal, onProgress });
    checkGlb('The generated model', bytes);
    const licence = `By the terms of ${generator.name}`;
    const result = await importAsset(
      {
        kind: 'generated',
        name: name ?? titleOf(prompt),
        height,
        triangles,
        files: [{ role: 'model', format: 'glb', bytes }],
        source: {
          service: 'hyper3d',
          id,
          title: (prompt ?? images.join(', ')).slice(0, 200),
          url: generator.page,
          licence,
          authors: [],
        },
      },
      context,
    ).catch((thrown: unknown) => {
      throw kept(thrown, uploadName(bytes, 'glb'));
    });
    return { structured: { ...result, id, service: generator.name, licence } };
  },
});

/** What was paid for is not lost with its import. */
function kept(thrown: unknown, name: string): ForgeError {
  const { code, message, next, data } = toForgeError(
    thrown,
    'internal',
    'The import failed',
    'Please report it.',
  );
  return new ForgeError(code, message, `${next} What was generated is kept as uploads/${name}.`, {
    data,
    cause: thrown,
  });
}

async function readPictures(
  names: readonly string[],
  { blender, signal, deadlineMs }: ToolContext,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const name of names) {
    const bytes = await blender.readFile('textures', name, { signal, deadlineMs });
    const mime = `image/${checkKind(name, bytes, ['png', 'jpeg', 'webp'])}`;
    if (bytes.length > mostPictureBytes) {
      throw new ForgeError('asset-too-large', `${name} has more than 10 MiB.`, 'Make the picture smaller.');
    }
    pictures.push({ name, mime, bytes });
  }
  return pictures;
}

/** The first words of the prompt, as an object's name. */
function titleOf(prompt = 'Generated'): string {
  const words = prompt.replace(/[^\p{L}\p{N} _-]+/gu, '').split(/\s+/);
  return words.slice(0, 4).join(' ').slice(0, 40).trim() || 'Generated';
}
