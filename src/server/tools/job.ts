import { z } from 'zod';
import { ForgeError } from '../../core/errors.ts';
import { type Job } from '../jobs.ts';
import { defineTool } from '../tool.ts';
import { within } from '../within.ts';

export const job = defineTool({
  name: 'job',
  title: 'Long jobs',
  description:
    'Waits for, lists or cancels work that took too long for one call. Waiting returns the work’s own result.',
  hints: ['reads'],
  input: {
    action: z.enum(['wait', 'list', 'cancel']),
    id: z.string().optional(),
    wait_s: z.number().min(0).max(55).optional().describe('default 30'),
  },
  output: { jobs: z.array(z.looseObject({ id: z.string() })) },
  run: async ({ action, id, wait_s }, { jobs, signal, onProgress }) => {
    if (action === 'list') {
      const others = jobs.list().filter((j) => j.tool !== 'job');
      return { structured: { jobs: others.map(describe) } };
    }
    if (id === undefined) {
      throw new ForgeError(
        'bad-params',
        `To ${action} a job takes its id.`,
        'Call job with action "list" for the ids.',
      );
    }
    if (action === 'cancel') {
      const cancelled = jobs.cancel(id);
      await cancelled.outcome.catch(() => undefined);
      return { structured: { job: { id, state: cancelled.state } } };
    }
    const waited = jobs.find(id);
    const watch = setInterval(() => {
      if (waited.progress !== null) onProgress?.(waited.progress);
    }, 1000);
    try {
      const output = await within(waited.outcome, (wait_s ?? 30) * 1000, signal);
      return output ?? { structured: { job: { id, state: waited.state }, jobs: [describe(waited)] } };
    } finally {
      clearInterval(watch);
    }
  },
});

function describe({ id, tool, state, startedAt, progress }: Job) {
  return { id, tool, state, seconds: Math.round((Date.now() - startedAt) / 100) / 10, progress };
}
