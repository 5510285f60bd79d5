/** What comes from the page, parsed: the page is ours, but the model it shows is not. */
import { z } from 'zod';
import type { FromPreview, PreviewCommands, PreviewMethod } from '../../protocol/preview.ts';

const size = { width: z.number(), height: z.number() };
const box = z.object({ x: z.number(), y: z.number(), ...size }).nullable();

const place = z.tuple([z.number(), z.number(), z.number()]);
const loaded = z.object({
  version: z.enum(['1.0', '0.x']),
  name: z.string(),
  bones: z.array(z.string()),
  expressions: z.array(z.string()),
  heightM: z.number(),
  triangles: z.number(),
  drawCalls: z.number(),
  textures: z.number(),
  warnings: z.array(z.string()),
});
const picture = z.object({ ...size, png: z.base64(), coveredPixels: z.number(), coveredBox: box });

export const resultSchemas: { readonly [M in PreviewMethod]: z.ZodType<PreviewCommands[M]['result']> } = {
  welcome: z.null(),
  load: loaded,
  report: z.null(),
  say: z.null(),
  animate: z.object({ name: z.string(), durationS: z.number() }),
  compare: loaded,
  inspect: z.object({
    camera: z.object({ position: place, target: place }),
    expressions: z.record(z.string(), z.number()),
    motion: z.object({ kind: z.string(), name: z.string(), timeS: z.number() }),
    memory: z.object({ geometries: z.number(), textures: z.number(), programs: z.number() }),
    compared: z.boolean(),
  }),
  thumbnail: picture,
  setExpression: z.null(),
  resetExpressions: z.null(),
  setPose: z.null(),
  setCamera: z.null(),
  step: z.null(),
  capture: picture,
  measureExpression: z.object({
    name: z.string(),
    movedVertices: z.number(),
    maxDeltaM: z.number(),
    framing: z.enum(['full', 'face']),
    changedPixels: z.number(),
    changedBox: box,
    size: z.object(size),
  }),
  setLive: z.null(),
};

const fault = z.object({
  code: z.enum(['model-unreadable', 'no-model', 'unknown-expression', 'bad-request', 'preview-failed']),
  message: z.string(),
  next: z.string(),
});

const reply = { type: z.literal('reply'), id: z.number() };

export const fromPreview: z.ZodType<FromPreview> = z.union([
  z.object({ ...reply, fault }),
  z.object({ ...reply, result: z.unknown() }),
  z.object({ type: z.literal('ready'), renderer: z.string() }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  z.object({ type: z.literal('wish'), wish: z.enum(['choose-animation', 'choose-comparison', 'optimise']) }),
  z.object({
    type: z.literal('wish'),
    wish: z.enum(['save-picture', 'keep-thumbnail']),
    png: z.base64(),
  }),
]);
