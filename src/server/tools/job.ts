import { z } from 'zod';
import type { Job } from '../jobs.ts';
import { defineTool } from '../tool.ts';
import { within } from '../within.ts';

export const job = defineTool({
  name: 'job',
  title: 'Long jobs',
  description: 'Waits for a job (work too long for one call), or lists jobs.',
  hints: ['reads'],
  isAboutJobs: true,
  input: {
    id: z.string().optional(),
    wait_s: z.number().min(0).max(55).optional(),
  },
  output: { jobs: z.array(z.looseObject({ id: z.string() })) },
  run: async ({ id, wait_s = 30 }, { jobs, signal, onProgress }) => {
    if (id === undefined) return { structured: { jobs: jobs.list().map(describe) } };
    const waited = jobs.find(id);
    const watch = setInterval(() => {
      if (waited.progress !== null) onProgress?.(waited.progress);
    }, 1000);
    try {
      const output = await within(waited.outcome, wait_s * 1000, signal);
      return output ?? { structured: { job: { id, state: waited.state }, jobs: [describe(waited)] } };
    } finally {
      clearInterval(watch);
    }
  },
});

function describe({ id, tool, state, startedAt, progress }: Job) {
  return { id, tool, state, seconds: Math.round((Date.now() - startedAt) / 100) / 10, progress };
}
