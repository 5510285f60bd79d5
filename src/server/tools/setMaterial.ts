import { z } from 'zod';
import { colour, diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const setMaterial = commandTool({
  name: 'set_material',
  title: 'Set a material',
  description:
    'Gives objects a preset material, as MToon (VRM’s toon shader) or principled. Colours: #rrggbb; base_color repaints a texture.',
  input: {
    objects: z.array(z.string()).min(1).max(50),
    slot: z
      .union([z.int().min(0), z.string()])
      .optional()
      .describe('index or name; default: all'),
    name: z.string().max(60).optional(),
    preset: z.enum(['skin', 'hair', 'cloth', 'metal', 'eye', 'plain']).optional(),
    shader: z.enum(['mtoon', 'principled']).optional(),
    base_color: colour.optional(),
    metallic: z.number().min(0).max(1).optional(),
    roughness: z.number().min(0).max(1).optional(),
    emission: colour.optional(),
    shade_color: colour.optional(),
    outline_mm: z.number().min(0).max(20).optional(),
    outline_color: colour.optional(),
    alpha_mode: z.enum(['opaque', 'mask', 'blend']).optional(),
    double_sided: z.boolean().optional(),
  },
  output: { material: z.string(), assigned: z.array(z.looseObject({ object: z.string() })), diff },
});
