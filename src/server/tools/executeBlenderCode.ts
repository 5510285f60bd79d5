import { z } from 'zod';
import { diff } from '../schemas.ts';
import { commandTool } from '../tool.ts';

export const executeBlenderCode = commandTool({
  name: 'execute_blender_code',
  title: 'Run Python in Blender',
  description:
    'The way out when no tool fits: runs Python with bpy, after a checkpoint and, by policy, a person’s approval. Assign to `result` to return a value.',
  hints: ['destroys'], // not open-world: editors would have the result approved, too, after the code itself
  gate: 'code',
  deadlineMs: 300_000,
  input: { code: z.string().min(1).max(1_048_576), label: z.string().max(80).optional() },
  output: { stdout: z.string(), stderr: z.string(), result: z.unknown(), diff },
});
