import { randomFillSync } from 'node:crypto';
import { PNG } from 'pngjs';
import { BinWriter, packGlb } from './glb.ts';
import { edited } from './json.ts';
import { sampleVrm } from './sampleVrm.ts';

interface Attributes {
  readonly POSITION: number;
}

/** The sample in so many materials, each with a picture of noise of its own, until it has at least this many bytes. */
export function bigVrm(bytes: number, side: number): Uint8Array {
  const { document, bin } = sampleVrm('1.0');
  const { meshes, accessors, bufferViews, images } = document as {
    readonly meshes: readonly { readonly primitives: readonly { readonly attributes: Attributes }[] }[];
    readonly accessors: readonly { readonly count: number }[];
    readonly bufferViews: readonly object[];
    readonly images: readonly object[];
  };
  const noise = new PNG({ width: side, height: side });
  randomFillSync(noise.data);
  const picture = new Uint8Array(PNG.sync.write(noise, { deflateLevel: 0, filterType: 0 }));
  const count = Math.ceil(bytes / picture.length);
  const own = new BinWriter();
  for (let n = 0; n < count; n += 1) own.view(picture);
  const [face] = meshes[0]?.primitives ?? [];
  if (face === undefined) throw new TypeError('the sample has no primitive');
  const corners = accessors[face.attributes.POSITION]?.count ?? 0;
  const places = own.view(new Float32Array(2 * corners).map((_, n) => (n % 7) / 7));
  const all = new Uint8Array(Buffer.concat([bin, own.bytes]));
  const range = Array.from({ length: count }, (_, n) => n);
  return packGlb(
    edited(document, [
      {
        at: '/bufferViews',
        value: [
          ...bufferViews,
          ...own.bufferViews.map((view) => ({
            ...view,
            byteOffset: bin.length + Number(Reflect.get(view, 'byteOffset')),
          })),
        ],
      },
      {
        at: '/images',
        value: [
          ...images,
          ...range.map((n) => ({
            name: `noise ${n}`,
            mimeType: 'image/png',
            bufferView: bufferViews.length + n,
          })),
        ],
      },
      {
        at: '/accessors/-',
        value: { bufferView: bufferViews.length + places, componentType: 5126, count: corners, type: 'VEC2' },
      },
      { at: '/textures', value: range.map((n) => ({ source: images.length + n })) },
      {
        at: '/materials',
        value: range.map((n) => ({
          name: `m${n}`,
          pbrMetallicRoughness: { baseColorTexture: { index: n } },
        })),
      },
      {
        at: '/meshes/0/primitives',
        value: range.map((material) => ({
          ...face,
          attributes: { ...face.attributes, TEXCOORD_0: accessors.length },
          material,
        })),
      },
      { at: '/buffers/0/byteLength', value: all.length },
    ]),
    all,
  );
}
