import { PNG } from 'pngjs';

/** Small pictures of one colour, 0…255 each. */
export function png(red: number, green: number, blue: number, size = 8): Buffer {
  const picture = new PNG({ width: size, height: size });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([red, green, blue, 255], at);
  return PNG.sync.write(picture);
}

/** 8 by 8, brown. */
export const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk' +
    '//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAIAAgDASIAAhEB' +
    'AxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAX/xAAUEQEAAAAAAAAAAAAA' +
    'AAAAAAAA/9oADAMBAAIRAxEAPwCEAFSf/9k=',
  'base64',
);

/** Radiance RGBE, not run-length coded: a sky eight times as bright as white over a grey ground. */
export function hdr(width = 16, height = 8): Buffer {
  const head = Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const pixels = Array.from({ length: width * height }, (_, i) =>
    i < (width * height) / 2 ? [128, 160, 255, 131] : [128, 128, 128, 127],
  );
  return Buffer.concat([head, Buffer.from(pixels.flat())]);
}
