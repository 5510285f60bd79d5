/** Format and size of a picture from its first bytes; no pixel is decoded. */

export interface ImageHeader {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/** `null` for a format that is none of the three, or a header that is cut off. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47) {
    return { mime: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes.length >= 4 && view.getUint16(0) === 0xffd8) return jpeg(view);
  if (bytes.length >= 30 && view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250)
    return webp(view);
  return null;
}

const KTX2 = [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a];

/** A texture in the chip's own format, which no picture editor reads. https://registry.khronos.org/KTX/specs/2.0/ktxspec.v2.html */
export function readKtx2Header(
  bytes: Uint8Array,
): { readonly mime: 'image/ktx2'; readonly width: number; readonly height: number } | null {
  if (bytes.length < 28 || KTX2.some((byte, n) => bytes[n] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { mime: 'image/ktx2', width: view.getUint32(20, true), height: view.getUint32(24, true) };
}

/** Before its frame header a JPEG has a dozen segments, or with a large profile a few hundred. */
const MOST_SEGMENTS = 1000;

/** Walks the segments to the frame header (SOF0…SOF15, but not the tables that share its range). */
function jpeg(view: DataView): ImageHeader | null {
  for (let at = 2, n = 0; at + 9 < view.byteLength && n < MOST_SEGMENTS; n++) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill byte
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { mime: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  return null;
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(view: DataView): ImageHeader | null {
  const mime = 'image/webp';
  switch (view.getUint32(12)) {
    case 0x56503820: // "VP8 "
      return { mime, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      // "VP8L"
      const bits = view.getUint32(21, true);
      return { mime, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: {
      // "VP8X"
      const size = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
      return { mime, width: size(24), height: size(27) };
    }
    default:
      return null;
  }
}
