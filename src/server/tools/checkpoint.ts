import { z } from 'zod';
import type { ReceivedBlob } from '../../core/ports.ts';
import { diff } from '../schemas.ts';
import { defineTool } from '../tool.ts';

const answer = z.looseObject({
  image: z
    .custom<ReceivedBlob>((value) => value !== null && typeof value === 'object' && 'bytes' in value)
    .optional(),
});

export const checkpoint = defineTool({
  name: 'checkpoint',
  title: 'Checkpoints',
  description: 'Saves the scene under a label, lists what was saved, shows what changed since, or goes back.',
  hints: ['destroys'],
  deadlineMs: 120_000,
  input: {
    action: z.enum(['create', 'list', 'diff', 'restore']),
    id: z.string().optional(),
    label: z.string().max(80).optional(),
    pictures: z.boolean().optional(),
  },
  output: {
    id: z.string(),
    checkpoints: z.array(z.looseObject({ id: z.string() })),
    cells: z.array(z.string()),
    diff,
    restored: z.string(),
  },
  run: async (input, { blender, ...options }) => {
    const { image, ...about } = answer.parse(await blender.call('checkpoint', input, options));
    return { structured: about, images: image === undefined ? [] : [image] };
  },
});
