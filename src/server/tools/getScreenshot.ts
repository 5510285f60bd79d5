import { z } from 'zod';
import type { ReceivedBlob } from '../../core/ports.ts';
import { defineTool } from '../tool.ts';

export const picture = z.looseObject({
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
    'A picture: viewport, camera, a side, the face, a turntable or expression sheet. compare: beside the last one of this view, differences in red.',
  hints: ['reads'],
  deadlineMs: 120_000,
  input: {
    view: z
      .enum(['viewport', 'camera', 'front', 'back', 'left', 'right', 'face', 'turntable', 'expressions'])
      .optional(),
    max_size: z.int().min(64).max(1024).optional(),
    shading: z.enum(['solid', 'material', 'rendered']).optional(),
    columns: z.int().min(2).max(8).optional(),
    compare: z.boolean().optional(),
    armature: z.string().optional(),
  },
  output: {
    width: z.number(),
    height: z.number(),
    way: z.string(),
    view: z.string(),
    cells: z.array(z.string()),
  },
  run: async (input, { blender, ...options }) => {
    const { image, ...about } = picture.parse(await blender.call('get_screenshot', input, options));
    return { structured: about, images: [image] };
  },
});
