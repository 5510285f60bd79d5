import { z } from 'zod';
import { colour, diff, vector } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const createObject = commandTool({
  name: 'create_object',
  title: 'Create objects',
  description:
    'Creates up to 50 objects. Vectors are [x,y,z], metres or degrees, Z up; a figure faces −Y. Colours: #rrggbb.',
  input: {
    objects: z
      .array(
        z.strictObject({
          kind: z.enum([
            'cube',
            'sphere',
            'ico_sphere',
            'cylinder',
            'cone',
            'torus',
            'plane',
            'empty',
            'camera',
            'light',
            'text',
            'armature',
          ]),
          name: z.string().max(60).optional(),
          location: vector.optional(),
          rotation_deg: vector.optional(),
          scale: vector.optional(),
          size: z.number().positive().optional(),
          parent: z.string().optional(),
          material: z.string().optional(),
          text: z.string().max(500).optional(),
          light: z
            .strictObject({
              kind: z.enum(['point', 'sun', 'spot', 'area']),
              energy: z.number().min(0).optional(),
              color: colour.optional(),
            })
            .optional(),
        }),
      )
      .min(1)
      .max(50),
  },
  output: { created: z.array(z.string()), diff },
});
