import { PNG } from 'pngjs';
import { z } from 'zod';
import type { BlenderPort } from '../../../src/core/ports.ts';

/** Commands called in a real Blender, their results parsed as far as the tests look at them. */

const value = z.unknown();
const side = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.object({ name: z.string(), fields: z.record(z.string(), z.tuple([value, value])) })),
});
export const diff = side.extend({ revision: z.number(), materials: side, truncated: z.boolean() });
export const changed = z.object({ diff });
const ran = z.object({ result: z.unknown() });

/** Runs Python and gives the value of its variable `result`. */
export async function python(blender: BlenderPort, code: string): Promise<unknown> {
  return ran.parse(await blender.call('execute_blender_code', { code })).result;
}

/** A scene without objects, and no materials. */
export async function clear(blender: BlenderPort): Promise<void> {
  await python(
    blender,
    'bpy.data.batch_remove([*bpy.data.objects, *bpy.data.materials, *bpy.data.meshes, *bpy.data.images])',
  );
}

const shot = z.looseObject({
  image: z.object({ bytes: z.instanceof(Uint8Array), mime: z.literal('image/png') }),
  width: z.number(),
  height: z.number(),
  way: z.string(),
  view: z.string(),
});

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly way: string;
  /** What else was said of it. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Red, green and blue, 0…255, at a share of the width and height from the upper left. */
  readonly at: (x: number, y: number) => readonly [number, number, number];
  /** Where something else than the backdrop is: shares of width and height; null where nothing is. */
  readonly subject: { left: number; right: number; top: number; bottom: number } | null;
}

/** Takes a picture and reads its PNG. */
export async function picture(
  blender: BlenderPort,
  params: Readonly<Record<string, unknown>>,
): Promise<Picture> {
  const { image, width, height, way, ...about } = shot.parse(await blender.call('get_screenshot', params));
  const { data, width: w, height: h } = PNG.sync.read(Buffer.from(image.bytes));
  if (w !== width || h !== height)
    throw new Error(`The PNG is ${w} by ${h}, said to be ${width} by ${height}`);
  const pixel = (x: number, y: number): readonly [number, number, number] => {
    const i = (y * w + x) * 4;
    return [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
  };
  return {
    width,
    height,
    way,
    about,
    at: (x, y) => pixel(Math.floor(x * (w - 1)), Math.floor(y * (h - 1))),
    subject: subjectOf(pixel, w, h),
  };
}

/** The backdrop is a gradient from top to bottom: the first pixel of each row shows what it is there. */
function subjectOf(
  pixel: (x: number, y: number) => readonly [number, number, number],
  width: number,
  height: number,
): Picture['subject'] {
  const box = { left: width, right: -1, top: height, bottom: -1 };
  for (let y = 0; y < height; y++) {
    const backdrop = pixel(0, y);
    for (let x = 0; x < width; x++) {
      const here = pixel(x, y);
      if (Math.max(...here.map((channel, i) => Math.abs(channel - (backdrop[i] ?? 0)))) < 24) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  if (box.right < 0) return null;
  return {
    left: box.left / width,
    right: (box.right + 1) / width,
    top: box.top / height,
    bottom: (box.bottom + 1) / height,
  };
}
