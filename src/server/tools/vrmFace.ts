import { z } from 'zod';
import { diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

const spot = z.record(z.string(), z.unknown()).optional();

export const vrmFace = commandTool({
  name: 'vrm_face',
  title: 'Set up the face',
  description:
    'Binds VRM expressions to shape keys by name (VRoid, ARKit, MMD …), makes missing visemes, blinks and emotions from the face, sets look-at.',
  hints: ['destroys'],
  deadlineMs: 120_000,
  input: {
    armature: z.string().optional(),
    keys: z
      .record(z.string(), z.record(z.string(), z.number()))
      .optional()
      .describe('expression: {shape key: weight}'),
    make: z.enum(['missing', 'all', 'none']).optional(),
    eye: spot.describe('the left one: {center, width, height} in m, if not found'),
    mouth: spot,
    dry_run: z.boolean().optional(),
  },
  output: {
    expressions: z.record(z.string(), z.unknown()),
    made_mm: z.record(z.string(), z.number()),
    missing: z.array(z.string()),
    diff,
  },
});
