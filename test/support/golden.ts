import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PNG } from 'pngjs';

/** Edges are drawn a little otherwise by another Chromium; shapes and colours are not. */
const SAME_COLOUR = 24;
export const MOST_OTHER = 0.015;

/**
 * Fails where a PNG does not look like the file `golden`, which somebody looked at; `AVATAR_FORGE_GOLDEN=write` makes it the new one.
 */
export function assertGolden(golden: string, png: Uint8Array): void {
  if (process.env['AVATAR_FORGE_GOLDEN'] === 'write') {
    mkdirSync(dirname(golden), { recursive: true });
    writeFileSync(golden, png);
  }
  assert(existsSync(golden), `there is no ${golden}`);
  const other = otherPixels(PNG.sync.read(Buffer.from(png)), PNG.sync.read(readFileSync(golden)));
  assert(other <= MOST_OTHER, `${(100 * other).toFixed(2)} % of it look otherwise than ${golden}`);
}

/** The share of pixels with another colour. */
export function otherPixels(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let other = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const differs = [0, 1, 2].some(
      (c) => Math.abs((a.data[at + c] ?? 0) - (b.data[at + c] ?? 0)) > SAME_COLOUR,
    );
    if (differs) other += 1;
  }
  return other / (a.width * a.height);
}

/** Of `times` by `times` pixels one with their mean. */
export function shrunk(png: Uint8Array, times: number): Buffer {
  const large = PNG.sync.read(Buffer.from(png));
  const small = new PNG({ width: Math.floor(large.width / times), height: Math.floor(large.height / times) });
  for (let at = 0; at < small.data.length; at += 1) {
    const [channel, pixel] = [at % 4, Math.floor(at / 4)];
    const [x, y] = [times * (pixel % small.width), times * Math.floor(pixel / small.width)];
    let sum = 0;
    for (let n = 0; n < times * times; n += 1) {
      const [dx, dy] = [n % times, Math.floor(n / times)];
      sum += large.data[4 * ((y + dy) * large.width + x + dx) + channel] ?? 0;
    }
    small.data[at] = Math.round(sum / (times * times));
  }
  return PNG.sync.write(small);
}
