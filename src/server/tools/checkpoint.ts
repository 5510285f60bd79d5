import { z } from 'zod';
import { diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const checkpoint = commandTool({
  name: 'checkpoint',
  title: 'Checkpoints',
  description: 'Saves the scene under a label, lists what was saved, shows what changed since, or goes back.',
  hints: ['destroys'],
  deadlineMs: 120_000,
  input: {
    action: z.enum(['create', 'list', 'diff', 'restore']),
    id: z.string().optional(),
    label: z.string().max(80).optional(),
  },
  output: {
    id: z.string(),
    checkpoints: z.array(z.looseObject({ id: z.string() })),
    diff,
    restored: z.string(),
  },
});
