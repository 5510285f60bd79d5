import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { PictureCodec } from '../../core/vrm/optimise/pictures.ts';
import { readWasm } from '../wasm.ts';

const webpQuality = 88;

/** Pictures by Squoosh's codecs, compiled to WebAssembly: the same bytes on every machine. Loaded on use. */
export function pictureCodec(): PictureCodec {
  const codecs = (loaded ??= load());
  return {
    async recode({ bytes, mimeType }, { width, height }, format) {
      const use = await codecs;
      const whole = bytes.slice().buffer;
      const read = mimeType === 'image/jpeg' ? use.decodeJpeg(whole) : use.decodePng(whole);
      const picture = await read.catch((thrown: unknown) => {
        throw new ForgeError(
          'picture-unreadable',
          `A picture in the model cannot be read: ${reasonOf(thrown)}.`,
          'Export the model again.',
        );
      });
      const same = picture.width === width && picture.height === height;
      // Alpha is a mask of its own in MToon, and normal maps are no colours: channels are scaled apart, as they are.
      const small = same
        ? picture
        : await use.resize(picture, { width, height, premultiply: false, linearRGB: false });
      return new Uint8Array(
        format === 'png' ? await use.encodePng(small) : await use.encodeWebp(small, { quality: webpQuality }),
      );
    },
  };
}

/** What the codecs call ImageData: RGBA, 8 bits each. */
interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Their types speak of the browser's, which this program is not compiled with. */
interface Codecs {
  decodePng(bytes: ArrayBuffer): Promise<Pixels>;
  decodeJpeg(bytes: ArrayBuffer): Promise<Pixels>;
  encodePng(picture: Pixels): Promise<ArrayBuffer>;
  encodeWebp(picture: Pixels, options: { quality: number }): Promise<ArrayBuffer>;
  resize(
    picture: Pixels,
    options: { width: number; height: number; premultiply: boolean; linearRGB: boolean },
  ): Promise<Pixels>;
}

type Init = (module: unknown) => Promise<unknown>;

let loaded: Promise<Codecs> | undefined;

async function load(): Promise<Codecs> {
  giveImageData();
  const [png, pngOut, jpeg, scaling, webp] = await Promise.all([
    import('@jsquash/png/decode.js'),
    import('@jsquash/png/encode.js'),
    import('@jsquash/jpeg/decode.js'),
    import('@jsquash/resize'),
    import('@jsquash/webp/encode.js'),
  ]);
  const start = async (init: unknown, file: string): Promise<unknown> =>
    (init as Init)(await compiled(await readWasm(file)));
  await start(png.init, '@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
  await start(pngOut.init, '@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
  await start(jpeg.init, '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  await start(scaling.initResize, '@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm');
  await start(webp.init, '@jsquash/webp/codec/enc/webp_enc_simd.wasm');
  return {
    decodePng: png.default as Codecs['decodePng'],
    decodeJpeg: jpeg.default as Codecs['decodeJpeg'],
    resize: scaling.default as Codecs['resize'],
    encodePng: pngOut.default as Codecs['encodePng'],
    encodeWebp: webp.default as Codecs['encodeWebp'],
  };
}

function compiled(bytes: Uint8Array): Promise<unknown> {
  const { WebAssembly: engine } = globalThis as unknown as {
    readonly WebAssembly: { compile(bytes: Uint8Array): Promise<unknown> };
  };
  return engine.compile(bytes);
}

/** The codecs hand pictures over as the browser's ImageData, which Node does not have. */
function giveImageData(): void {
  if ('ImageData' in globalThis) return;
  class ImageData implements Pixels {
    readonly colorSpace = 'srgb';
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;

    constructor(data: Uint8ClampedArray, width: number, height = data.length / 4 / width) {
      [this.data, this.width, this.height] = [data, width, height];
    }
  }
  Object.defineProperty(globalThis, 'ImageData', { value: ImageData, configurable: true });
}
