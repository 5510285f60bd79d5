import { z } from 'zod';
import { diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

const kinds = ['hair', 'ear', 'skirt', 'tail', 'bust', 'cloth'] as const;

export const vrmPhysics = commandTool({
  name: 'vrm_physics',
  title: 'Make it sway',
  description: 'Spring bones for a rig’s loose chains, found by structure, and colliders for its body.',
  hints: ['destroys'],
  input: {
    armature: z.string().optional(),
    chains: z
      .record(z.string(), z.enum([...kinds, 'none']))
      .optional()
      .describe('first bone: what it is'),
    values: z
      .record(z.string(), z.record(z.string(), z.number()))
      .optional()
      .describe('kind: {stiffness, gravity, drag, radius}'),
    make: z.enum(['missing', 'all']).optional(),
    dry_run: z.boolean().optional(),
  },
  output: {
    chains: z.record(z.string(), z.looseObject({ kind: z.string() })),
    colliders: z.int(),
    diff,
  },
});
