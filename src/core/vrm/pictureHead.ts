/** How much of a picture its format, its size and all that a check asks of it lie in; what follows is pixels. */

/** Before the pixels there are a dozen pieces, or with a large profile a few hundred. */
const MOST_PIECES = 1000;

/**
 * How many bytes from the start of a picture decide what a check finds in it, ours or Khronos'; where more than `bytes` are needed to tell, how
 * many at least. `Infinity`: all of them, for the format is none that is known, or its pieces are not in order.
 * https://github.com/KhronosGroup/glTF-Validator/blob/main/lib/src/data_access/image_decoder.dart
 */
export function bytesThatDecide(bytes: Uint8Array): number {
  if (bytes.length < 12) return 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x89504e47 && view.getUint32(4) === 0x0d0a1a0a) return inPng(view);
  if (view.getUint16(0) === 0xffd8) return inJpeg(view);
  if (view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250) return 30; // WebP
  const isKtx2 = view.getUint32(0) === 0xab4b5458 && view.getUint32(4) === 0x203230bb;
  return isKtx2 && view.getUint32(8) === 0x0d0a1a0a ? 28 : Infinity;
}

const IHDR_END = 33;
const IDAT = 0x49444154;

/** Up to the type of the first chunk of pixels. https://www.w3.org/TR/png-3/#5DataRep */
function inPng(view: DataView): number {
  for (let at = 8, n = 0; n < MOST_PIECES; n++) {
    if (at + 8 > view.byteLength) return at + 8;
    if (view.getUint32(at + 4) === IDAT) return Math.max(at + 8, IHDR_END);
    at += 12 + view.getUint32(at);
  }
  return Infinity;
}

/** A frame header with the sizes of one component. */
const LEAST_FRAME = 11;

/** Up to the end of the frame header. https://www.w3.org/Graphics/JPEG/itu-t81.pdf */
function inJpeg(view: DataView): number {
  for (let at = 2, n = 0; n < MOST_PIECES; n++) {
    if (at + 4 > view.byteLength) return at + 4;
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && !isTable;
    const isSegment = isFrame || isTable || marker === 0xdb || marker === 0xdd || marker >= 0xe0;
    if (view.getUint8(at) !== 0xff || marker === 0xff || !isSegment) return Infinity;
    if (length < (isFrame ? LEAST_FRAME : 2)) return Infinity;
    at += 2 + length;
    if (isFrame) return at;
  }
  return Infinity;
}
