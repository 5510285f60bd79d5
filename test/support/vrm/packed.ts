/** Models whose data are compressed by hand, in the plainest way that each format knows. */
import { BinWriter, packGlb } from './glb.ts';
import { edited } from './json.ts';
import { sampleVrm } from './sampleVrm.ts';

interface Document {
  readonly bufferViews: readonly { readonly byteOffset: number; readonly byteLength: number }[];
  readonly extensionsUsed: readonly string[];
  readonly meshes: readonly {
    readonly primitives: readonly { readonly attributes: { readonly POSITION: number } }[];
  }[];
  readonly accessors: readonly { readonly bufferView: number; readonly count: number }[];
}

/**
 * The sample with its vertices in a meshopt stream.
 * https://github.com/KhronosGroup/glTF/blob/main/extensions/2.0/Vendor/EXT_meshopt_compression/README.md#mode-0-attributes
 */
export function meshoptVrm(): Uint8Array {
  const { document, bin } = sampleVrm('1.0');
  const { bufferViews, extensionsUsed, accessors, meshes } = document as Document;
  const { bufferView: index, count } = accessors[meshes[0]?.primitives[0]?.attributes.POSITION ?? 0] ?? {
    bufferView: 0,
    count: 0,
  };
  const { byteOffset, byteLength } = bufferViews[index] ?? { byteOffset: 0, byteLength: 0 };
  const stream = meshoptAttributes(bin.subarray(byteOffset, byteOffset + byteLength), 12);
  const whole = new Uint8Array(Buffer.concat([bin, stream]));
  const compressed = { buffer: 0, byteOffset: bin.length, byteLength: stream.length, byteStride: 12, count };
  return packGlb(
    edited(document, [
      { at: '/extensionsUsed', value: [...extensionsUsed, 'EXT_meshopt_compression'] },
      {
        at: `/bufferViews/${index}/extensions`,
        value: { EXT_meshopt_compression: { ...compressed, mode: 'ATTRIBUTES' } },
      },
      { at: '/buffers/0/byteLength', value: whole.length },
    ]),
    whole,
  );
}

/** At most sixteen vertices: one group of bytes for each byte of the stride, all of them literal. */
function meshoptAttributes(data: Uint8Array, stride: number): Uint8Array {
  const bytes = [0xa0];
  const count = data.length / stride;
  for (let k = 0; k < stride; k += 1) {
    bytes.push(3);
    let last = data[k] ?? 0;
    for (let vertex = 0; vertex < 16; vertex += 1) {
      const value = vertex < count ? (data[vertex * stride + k] ?? 0) : last;
      const delta = ((value - last) << 24) >> 24;
      bytes.push(((delta << 1) ^ (delta >> 7)) & 255);
      last = value;
    }
  }
  const tail = new Uint8Array(32);
  tail.set(data.subarray(0, stride), 32 - stride);
  return new Uint8Array([...bytes, ...tail]);
}

/** The sample with a texture in KTX2: UASTC blocks of one colour. `damaged` cuts its end off. */
export function ktx2Vrm(damaged = false): Uint8Array {
  const { document, bin } = sampleVrm('1.0');
  const { bufferViews, extensionsUsed, meshes, accessors } = document as Document;
  const { count } = accessors[meshes[0]?.primitives[0]?.attributes.POSITION ?? 0] ?? { count: 0 };
  const own = new BinWriter();
  const picture = ktx2();
  const view = own.view(damaged ? picture.slice(0, 60) : picture);
  const uv = own.view(new Float32Array(2 * count).fill(0.5));
  const moved = own.bufferViews.map((one) => ({
    ...one,
    byteOffset: bin.length + Number(Reflect.get(one, 'byteOffset')),
  }));
  const whole = new Uint8Array(Buffer.concat([bin, own.bytes]));
  return packGlb(
    edited(document, [
      { at: '/extensionsUsed', value: [...extensionsUsed, 'KHR_texture_basisu', 'KHR_materials_unlit'] },
      { at: '/bufferViews', value: [...bufferViews, ...moved] },
      { at: '/images/-', value: { mimeType: 'image/ktx2', bufferView: bufferViews.length + view } },
      { at: '/textures', value: [{ extensions: { KHR_texture_basisu: { source: 1 } } }] },
      {
        at: '/accessors/-',
        value: { bufferView: bufferViews.length + uv, componentType: 5126, count, type: 'VEC2' },
      },
      { at: '/meshes/0/primitives/0/attributes/TEXCOORD_0', value: accessors.length },
      {
        at: '/materials/0',
        value: {
          name: 'Skin',
          extensions: { KHR_materials_unlit: {} },
          pbrMetallicRoughness: { baseColorTexture: { index: 0 } },
        },
      },
      { at: '/buffers/0/byteLength', value: whole.length },
    ]),
    whole,
  );
}

/** https://registry.khronos.org/KTX/specs/2.0/ktxspec.v2.html */
function ktx2(): Uint8Array {
  const side = 16;
  const blocks = new Uint8Array((side / 4) ** 2 * 16);
  for (let at = 0; at < blocks.length; at += 16) blocks.set(solidBlock([230, 60, 40, 255]), at);
  const file = new Uint8Array(176 + blocks.length);
  const data = new DataView(file.buffer);
  file.set([0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]);
  // Format none, sizes of type, width, height; no depth and layers, one face, one level, no supercompression.
  [0, 1, side, side, 0, 0, 1, 1, 0].forEach((word, n) => data.setUint32(12 + 4 * n, word, true));
  // Where the descriptor lies, and how long it is; no keys, no global data.
  [104, 44].forEach((word, n) => data.setUint32(48 + 4 * n, word, true));
  // The level: where, how long, how long uncompressed.
  [176, blocks.length, blocks.length].forEach((word, n) => data.setUint32(80 + 8 * n, word, true));
  // Descriptor: 44 bytes, version 2, block of 40; model UASTC, BT.709, sRGB; blocks of 4 by 4; 16 bytes in plane 0; a sample of 128 bits.
  [
    44,
    0,
    2 | (40 << 16),
    166 | (1 << 8) | (2 << 16),
    3 | (3 << 8),
    16,
    0,
    127 << 16,
    0,
    0,
    0xffffffff,
  ].forEach((word, n) => data.setUint32(104 + 4 * n, word >>> 0, true));
  file.set(blocks, 176);
  return file;
}

/** UASTC mode 8: five bits say so, then a colour; the bits after it are hints. */
function solidBlock(colour: readonly number[]): Uint8Array {
  let bits = 23n;
  colour.forEach((value, n) => (bits |= BigInt(value) << BigInt(5 + 8 * n)));
  return Uint8Array.from({ length: 16 }, (_, n) => Number((bits >> BigInt(8 * n)) & 255n));
}
