/** Pictures as far as a check looks at them, with whatever stands before their pixels, and noise in the place of those. */
import { random } from '../fuzz.ts';

export type Bytes = readonly number[] | Uint8Array;

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const u32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];

/** The same each time. */
export function noise(length: number): Uint8Array {
  const next = random(length);
  return Uint8Array.from({ length }, () => Math.floor(next() * 256));
}

export function chunk(type: string, data: Bytes): number[] {
  return [...u32(data.length), ...ascii(type), ...data, ...u32(0)];
}

export function pngOf(chunks: readonly Bytes[], side = 64, pixels = 20_000): Uint8Array {
  const header = chunk('IHDR', [...u32(side), ...u32(side), 8, 6, 0, 0, 0]);
  const magic = [0x89, ...ascii('PNG'), 0x0d, 0x0a, 0x1a, 0x0a];
  return Uint8Array.from(
    [magic, header, ...chunks, chunk('IDAT', noise(pixels)), chunk('IEND', [])].flatMap((part) => [...part]),
  );
}

export function segment(marker: number, data: Bytes): number[] {
  return [0xff, marker, ...u16(data.length + 2), ...data];
}

export function jpegOf(segments: readonly Bytes[], side = 64, channels = 3, pixels = 20_000): Uint8Array {
  const parts = Array.from({ length: channels }, (_, n) => [n + 1, 0x11, 0]).flat();
  const frame = segment(0xc0, [8, ...u16(side), ...u16(side), channels, ...parts]);
  const scan = segment(0xda, [channels, ...parts.slice(0, 2 * channels), 0, 63, 0]);
  return Uint8Array.from(
    [[0xff, 0xd8], ...segments, frame, scan, noise(pixels), [0xff, 0xd9]].flatMap((part) => [...part]),
  );
}

function webpOf(kind: 'VP8 ' | 'VP8L' | 'VP8X' | 'VP8Z', header: Bytes): Uint8Array {
  return Uint8Array.from([
    ...ascii('RIFF'),
    0,
    0,
    1,
    0,
    ...ascii(`WEBP${kind}`),
    0,
    0,
    1,
    0,
    ...header,
    ...noise(20_000),
  ]);
}

function ktx2Of(side = 64): Uint8Array {
  const magic = [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a];
  return Uint8Array.from([...magic, 0, 0, 0, 0, 1, 0, 0, 0, side, 0, 0, 0, side, 0, 0, 0, ...noise(20_000)]);
}

/** Its header is called by the name of the pixels. */
export function headless(png: Uint8Array): Uint8Array {
  png.set(ascii('IDAT'), 12);
  return png;
}

export const PICTURES: Readonly<Record<string, Uint8Array>> = {
  PNG: pngOf([]),
  'PNG of no power of two': pngOf([], 65),
  'PNG with transparency and a square pixel': pngOf([
    chunk('tRNS', [0, 0]),
    chunk('pHYs', [...u32(1), ...u32(1), 1]),
  ]),
  'PNG with pixels that are not square': pngOf([chunk('pHYs', [...u32(1), ...u32(2), 1])]),
  'PNG with a long profile': pngOf([chunk('iCCP', noise(30_000))]),
  'PNG with long text, then a gamma': pngOf([
    chunk('tEXt', noise(9000)),
    chunk('eXIf', noise(5000)),
    chunk('gAMA', u32(100_000)),
  ]),
  'PNG with the colours of sRGB': pngOf([
    chunk('cHRM', [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000].flatMap(u32)),
    chunk('gAMA', u32(45455)),
  ]),
  'PNG with other colours': pngOf([chunk('cHRM', noise(32))]),
  'PNG with a wrong chunk': pngOf([chunk('gAMA', noise(5))]),
  'PNG with 3000 chunks': pngOf(Array.from({ length: 3000 }, () => chunk('tEXt', [0, 1]))),
  'PNG whose chunk is longer than the file': pngOf([[...u32(0xfffffff0), ...ascii('tEXt')]]),
  'PNG whose pixels come first': headless(pngOf([])),
  'PNG without pixels': pngOf([], 64, 0).slice(0, 33),
  'PNG that ends in its header': pngOf([]).slice(0, 20),
  'PNG that ends in a profile': pngOf([chunk('iCCP', noise(30_000))]).slice(0, 20_000),
  'PNG with half of its mark': pngOf([]).fill(0, 4, 8),
  JPEG: jpegOf([]),
  'JPEG in one colour': jpegOf([], 64, 1),
  'JPEG in four colours': jpegOf([], 64, 4),
  'JPEG of no power of two': jpegOf([], 100),
  'JPEG with EXIF, a long profile and tables': jpegOf([
    segment(0xe1, noise(40_000)),
    ...Array.from({ length: 4 }, () => segment(0xe2, noise(60_000))),
    segment(0xdb, noise(65)),
    segment(0xc4, noise(30)),
  ]),
  'JPEG with fill bytes': jpegOf([[0xff, 0xff, 0xff], segment(0xe0, noise(14))]),
  'JPEG with a restart before its frame': jpegOf([[0xff, 0xd0], segment(0xe0, noise(14))]),
  'JPEG with a hierarchical frame': jpegOf([segment(0xde, [8, 0, 128, 0, 128, 3, 0, 0, 0])]),
  'JPEG with something else between': jpegOf([[0x00, 0x12, 0x34]]),
  'JPEG with a segment of no length': jpegOf([[0xff, 0xe0, 0, 0]]),
  'JPEG with 2000 segments': jpegOf(Array.from({ length: 2000 }, () => segment(0xe5, []))),
  'JPEG without a frame': Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xe0, noise(14)),
    ...segment(0xe1, noise(9000)),
  ]),
  'JPEG that ends in EXIF': jpegOf([segment(0xe1, noise(40_000))]).slice(0, 20_000),
  'JPEG of which two bytes are right': jpegOf([]).fill(7, 2, 4),
  'WebP, lossy': webpOf('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0]),
  'WebP, lossless': webpOf('VP8L', [0x2f, 63, 0xc0, 0x0f, 0x10]),
  'WebP, moving, in other colours': webpOf('VP8X', [0x22, 0, 0, 0, 63, 0, 0, 63, 0, 0]),
  'WebP of no kind': webpOf('VP8Z', noise(10)),
  'WebP that ends in its header': webpOf('VP8 ', noise(10)).slice(0, 28),
  KTX2: ktx2Of(),
  'KTX2 that ends in its header': ktx2Of().slice(0, 24),
  'a picture of no format': noise(20_000),
  'a picture of three bytes': noise(3),
  'a GIF': Uint8Array.from([...ascii('GIF89a'), ...noise(20_000)]),
};
