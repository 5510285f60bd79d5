import { z } from 'zod';
import { colour, diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const avatarScaffold = commandTool({
  name: 'avatar_scaffold',
  title: 'Make a humanoid',
  description:
    'Makes a humanoid of anime proportions in fantasy clothes and armour: rigged, weighted, with all VRM expressions, hair and skirt springs.',
  input: {
    name: z.string().max(60).optional(),
    height: z.number().min(1.2).max(1.9).optional().describe('metres'),
    hair_length: z.number().min(0).max(1).optional(),
    ears: z.enum(['pointed', 'round']).optional(),
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
      .optional(),
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
