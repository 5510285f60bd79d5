import { z } from 'zod';
import { fetchGenerated } from '../../adapters/assets/fetchGenerated.ts';
import { checkKind } from '../../core/assets/fileKind.ts';
import { paidFor, type Picture } from '../../core/assets/generation.ts';
import { checkGlb } from '../../core/assets/selfContained.ts';
import { ForgeError } from '../../core/errors.ts';
import { importAsset, sendFiles } from '../importAsset.ts';
import { diff, fileName } from '../schemas.ts';
import { defineTool, type ToolContext } from '../tool.ts';

/** What both services take, of each picture. */
const mostPictureBytes = 10 << 20;

export const hyper3dGenerate = defineTool({
  name: 'hyper3d_generate',
  title: 'Generate a mesh',
  description: 'A textured mesh by Hyper3D from words or pictures, in Quarantine: takes minutes and credit.',
  hints: ['reaches-out'],
  deadlineMs: 300_000,
  input: {
    prompt: z.string().min(1).max(1000).optional(),
    images: z.array(fileName).max(5).optional().describe('of textures/: sides of one thing'),
    name: z.string().min(1).max(60).optional(),
    height: z.number().positive().optional().describe('m, default 1'),
    triangles: z.int().positive().optional(),
    draft: z.boolean().optional(),
    t_pose: z.boolean().optional(),
    id: z
      .string()
      .regex(/^[\w-]{1,100}$/, 'not the id of a generation')
      .optional()
      .describe('fetches one paid for'),
  },
  output: {
    objects: z.array(z.string()),
    collection: z.string(),
    triangles: z.int(),
    dimensions: z.array(z.number()),
    licence: z.string(),
    diff,
  },
  run: async (
    { prompt, images = [], name, height, triangles, draft = false, t_pose = false, id },
    context,
  ) => {
    if (id === undefined && prompt === undefined && images.length === 0) {
      throw new ForgeError(
        'bad-params',
        'There is nothing to make it of.',
        'Give a prompt, or images, or both.',
      );
    }
    const { outside, blender, signal, onProgress } = context;
    const { everyMs, patienceMs } = outside;
    const generator = await outside.generator();
    const pictures = id === undefined ? await readPictures(images, context) : [];
    await blender.describe(); // before anything is paid for
    onProgress?.({ fraction: null, message: `Asking ${generator.name}` });
    const request = { prompt: prompt ?? null, images: pictures, draft, tPose: t_pose };
    const generation = id === undefined ? await generator.start(request, signal) : generator.resume(id);
    let upload: string | null = null;
    try {
      const bytes = await fetchGenerated(generator, generation, { everyMs, patienceMs, signal, onProgress });
      checkKind('The generated model', bytes, ['glb']);
      // Sent before it is judged: it stays in uploads/ where it is not imported.
      const files = await sendFiles([{ role: 'model', format: 'glb', bytes }], context);
      upload = files['model'] ?? null;
      checkGlb('The generated model', bytes);
      const licence = `By the terms of ${generator.name}`;
      const result = await importAsset(
        {
          kind: 'generated',
          name: name ?? titleOf(prompt),
          height,
          triangles,
          files,
          source: {
            service: 'hyper3d',
            id: generation.id,
            title: (prompt ?? (images.join(', ') || 'Generated')).slice(0, 200),
            url: generator.page,
            licence,
            authors: [],
          },
        },
        context,
      );
      return { structured: { ...result, id: generation.id, service: generator.name, licence } };
    } catch (thrown) {
      throw paidFor(thrown, generation.id, upload);
    }
  },
});

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
