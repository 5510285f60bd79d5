import { z } from 'zod';
import { fileName } from '../schemas.ts';
import { defineTool } from '../tool.ts';

export const vrmCheck = defineTool({
  name: 'vrm_check',
  title: 'Check VRM',
  description:
    'Checks an exported file by the VRM rules and Khronos’ validator; each finding says how to mend it.',
  hints: ['reads'],
  deadlineMs: 120_000,
  input: {
    file: fileName.describe('as vrm_export named it'),
    profile: z.enum(['spec', 'app']).optional().describe('app adds what the companion app needs; default'),
  },
  output: {
    ok: z.boolean(),
    counts: z.record(z.string(), z.number()),
    findings: z.array(z.looseObject({ code: z.string(), message: z.string(), next: z.string() })),
  },
  run: () => Promise.reject(new Error('being written')),
});
