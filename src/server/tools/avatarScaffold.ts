import { z } from 'zod';
import { colour, diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

const factor = (low: number, high: number): z.ZodOptional<z.ZodNumber> =>
  z.number().min(low).max(high).optional();

export const avatarScaffold = commandTool({
  name: 'avatar_scaffold',
  title: 'Make a humanoid',
  description:
    'Makes a dressed humanoid: rigged, weighted, with all VRM expressions, hair and skirt springs.',
  input: {
    name: z.string().optional(),
    style: z.enum(['anime', 'natural', 'chibi']).optional(),
    height: factor(0.8, 2.1).describe('metres'),
    heads: factor(2.8, 7.5).describe('heads tall'),
    build: z
      .partialRecord(z.enum(['shoulders', 'bust', 'waist', 'hips', 'limbs']), z.number().min(0.8).max(1.25))
      .optional()
      .describe('factors'),
    // Blender names the range of each that is beyond it.
    face: z
      .partialRecord(z.enum(['eyes', 'nose', 'jaw', 'mouth']), z.number().min(0.7).max(1.8))
      .optional()
      .describe('factors'),
    ears: z.enum(['pointed', 'round']).optional(),
    hair: z.enum(['long', 'bob', 'short', 'ponytail', 'twin_tails']).optional(),
    hair_length: z.number().min(0).max(1).optional(),
    fringe: z.enum(['full', 'parted', 'straight']).optional(),
    ahoge: z.boolean().optional(),
    outfit: z
      .array(
        z.enum([
          'vest',
          'tunic',
          'coat',
          'cravat',
          'skirt',
          'trousers',
          'stockings',
          'boots',
          'shoes',
          'gloves',
          'armour',
        ]),
      )
      .optional()
      .describe('pieces over shirt and shorts'),
    palette: z
      .partialRecord(
        z.enum([
          'hair',
          'hair_tip',
          'eyes',
          'skin',
          'main',
          'light',
          'accent',
          'metal',
          'leather',
          'dark',
          'gem',
        ]),
        colour,
      )
      .optional()
      .describe('#rrggbb'),
  },
  output: {
    armature: z.string(),
    meshes: z.array(z.string()),
    triangles: z.int(),
    materials: z.array(z.string()),
    bones: z.int(),
    expressions: z.array(z.string()),
    diff,
  },
});
