import { z } from 'zod';
import { diff, vector } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const modifyObject = commandTool({
  name: 'modify_object',
  title: 'Change objects',
  description:
    'Moves, renames, parents, hides, shades smooth, poses shape keys of, or deletes up to 50 objects.',
  hints: ['destroys'],
  input: {
    changes: z
      .array(
        z.strictObject({
          name: z.string(),
          rename: z.string().max(60).optional(),
          location: vector.optional(),
          rotation_deg: vector.optional(),
          scale: vector.optional(),
          parent: z.string().nullable().optional(),
          visible: z.boolean().optional(),
          smooth: z.boolean().optional(),
          shape_keys: z.record(z.string(), z.number()).optional(),
          delete: z.boolean().optional(),
        }),
      )
      .min(1)
      .max(50),
  },
  output: { diff },
});
