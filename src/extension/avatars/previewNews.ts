import { z } from 'zod';

/** What the page tells that concerns us; the answers to our requests need no more than their faults read. */
const news = z.union([
  z.object({ type: z.literal('ready'), renderer: z.string() }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  z.object({ type: z.literal('wish'), wish: z.enum(['choose-animation', 'choose-comparison', 'optimise']) }),
  z.object({ type: z.literal('wish'), wish: z.enum(['save-picture', 'keep-thumbnail']), png: z.base64() }),
  z.object({
    type: z.literal('reply'),
    id: z.number(),
    fault: z.object({ code: z.string(), message: z.string() }).optional(),
  }),
]);
export type PreviewNews = z.output<typeof news>;

/** Null for what does not concern us. */
export function readNews(message: unknown): PreviewNews | null {
  const { success, data } = news.safeParse(message);
  return success ? data : null;
}
