/** Pictures of the stage as pixels and as PNG, and what differs between two of them. */
import type { PixelBox, Size } from '../../../src/protocol/preview.ts';
import { paintWall } from './backdrop.ts';
import type { Wall } from './backdrop.ts';
import type { Stage } from './stage.ts';

/** Channels that differ by no more are the same colour. */
const SAME_COLOUR = 8;

/** On a transparent ground. */
export interface Snapshot {
  readonly size: Size;
  readonly pixels: Uint8ClampedArray;
  readonly context: CanvasRenderingContext2D;
}

export interface Region {
  readonly pixels: number;
  readonly box: PixelBox | null;
}

/** Draws now, at exactly this size, whatever the size on the screen. Leaves the stage resized. */
export function takeSnapshot(stage: Stage, size: Size, shadow: boolean): Snapshot {
  stage.resize(size);
  stage.render(shadow);
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('The browser gives no 2D canvas.');
  context.drawImage(stage.canvas, 0, 0);
  return { size, context, pixels: context.getImageData(0, 0, size.width, size.height).data };
}

/** Puts the wall behind it; the pixels stay as they were taken. */
export function hang({ context, size }: Snapshot, wall: Wall): void {
  context.globalCompositeOperation = 'destination-over';
  paintWall(context, size, wall);
}

/** PNG as base64. */
export function pngOf({ context }: Snapshot): string {
  return context.canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

/** Where the model is: what lets half of the ground through, as the shadow does, is not it. */
export function coveredBy({ pixels, size }: Snapshot): Region {
  return regionOf(size, (at) => (pixels[at + 3] ?? 0) > 127);
}

export function changedBetween(before: Snapshot, after: Snapshot): Region {
  return regionOf(before.size, (at) => {
    for (let channel = at; channel < at + 4; channel++) {
      if (Math.abs((before.pixels[channel] ?? 0) - (after.pixels[channel] ?? 0)) > SAME_COLOUR) return true;
    }
    return false;
  });
}

function regionOf({ width, height }: Size, isIn: (at: number) => boolean): Region {
  let pixels = 0;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isIn(4 * (y * width + x))) continue;
      pixels++;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return {
    pixels,
    box: pixels === 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
  };
}
