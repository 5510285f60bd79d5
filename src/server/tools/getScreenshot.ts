import { z } from 'zod';
import type { ReceivedBlob } from '../../core/ports.ts';
import { defineTool } from '../tool.ts';

const picture = z.looseObject({
  image: z.custom<ReceivedBlob>((value) => value !== null && typeof value === 'object' && 'bytes' in value),
  width: z.number(),
  height: z.number(),
  way: z.string(),
  view: z.string(),
});

export const getScreenshot = defineTool({
  name: 'get_screenshot',
  title: 'Take a picture',
  description:
    'A picture of the scene: what the viewport or camera sees, a side, the face, or a turntable sheet. Says which way it was taken.',
  hints: ['reads'],
  deadlineMs: 120_000,
  input: {
    view: z.enum(['viewport', 'camera', 'front', 'back', 'left', 'right', 'face', 'turntable']).optional(),
    max_size: z.int().min(64).max(1024).optional(),
    shading: z.enum(['solid', 'material', 'rendered']).optional(),
    columns: z.int().min(2).max(8).optional(),
  },
  output: { width: z.number(), height: z.number(), way: z.string(), view: z.string() },
  run: async (input, { blender, ...options }) => {
    const { image, ...about } = picture.parse(await blender.call('get_screenshot', input, options));
    return { structured: about, images: [image] };
  },
});
