import { defineTool } from '../tool.ts';
import { z } from 'zod';

/** Apart from `job`, which clients run unasked because it only reads. */
export const cancelJob = defineTool({
  name: 'cancel_job',
  title: 'Cancel a long job',
  description: 'Ends a job.',
  hints: ['destroys'],
  isAboutJobs: true,
  input: { id: z.string() },
  output: {},
  run: async ({ id }, { jobs }) => {
    const job = jobs.cancel(id);
    await job.outcome.catch(() => undefined);
    return { structured: { job: { id, state: job.state } }, note: `${job.tool}, ${id}` };
  },
});
