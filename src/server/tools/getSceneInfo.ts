import { z } from 'zod';
import { commandTool } from '../tool.ts';

export const getSceneInfo = commandTool({
  name: 'get_scene_info',
  title: 'Look at the scene',
  description:
    'Objects with transforms, and on request bones, shape keys and materials, in pages. With `since` (a revision) only what changed. What a row leaves out is at its default.',
  hints: ['reads'],
  input: {
    fields: z.array(z.enum(['objects', 'bones', 'shape_keys', 'materials'])).optional(),
    filter: z.string().max(100).optional().describe('part of a name'),
    limit: z.int().min(1).max(200).optional(),
    offset: z.int().min(0).optional(),
    since: z.int().optional(),
  },
  output: {
    revision: z.int(),
    counts: z.record(z.string(), z.number()),
    objects: z.array(z.looseObject({})),
  },
});
