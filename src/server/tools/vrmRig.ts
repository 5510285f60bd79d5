import { z } from 'zod';
import { diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const vrmRig = commandTool({
  name: 'vrm_rig',
  title: 'Rig for VRM',
  description:
    'Makes any rig a VRM humanoid: assigns bones by structure, stands it up facing −Y, makes the T-pose, cleans weights. dry_run only reports.',
  hints: ['destroys'],
  deadlineMs: 120_000,
  input: {
    armature: z.string().optional(),
    bones: z
      .record(z.string(), z.string().nullable())
      .optional()
      .describe('VRM bone: bone of the rig, or null, over what is found'),
    by: z.enum(['auto', 'own', 'addon']).optional(),
    t_pose: z.boolean().optional(),
    weights: z.boolean().optional(),
    dry_run: z.boolean().optional(),
  },
  output: {
    mapped: z.record(z.string(), z.string()),
    missing: z.array(z.string()),
    confidence: z.number(),
    doubtful: z.record(z.string(), z.number()),
    diff,
  },
});
