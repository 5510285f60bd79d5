import { PNG } from 'pngjs';
import { BinWriter } from './glb.ts';
import { edited, type Edit } from './json.ts';
import { sampleVrm } from './sampleVrm.ts';

/** The texture: this many pixels a side, a chequer of two colours. */
export const CHEQUER_SIDE = 16;

/** The 1.0 sample in MToon: a texture called `Chequer` on it, a shade of its own, and eyes whose looks are expressions. */
export function mtoonVrm(edits: readonly Edit[] = []): {
  readonly document: object;
  readonly bin: Uint8Array;
} {
  const { document, bin, node } = sampleVrm('1.0');
  const { bufferViews, accessors } = document as {
    readonly bufferViews: readonly object[];
    readonly accessors: readonly object[];
  };
  const own = new BinWriter();
  own.view(chequer());
  // Corners of the box are numbered by bits: right, up, ahead.
  own.view(new Float32Array([0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [n & 1 ? 1 : 0, n & 2 ? 0 : 1])));
  const all = new Uint8Array(Buffer.concat([bin, own.bytes]));
  const look = (index: number): object => ({ morphTargetBinds: [{ node: node('Body'), index, weight: 1 }] });
  const range = { inputMaxValue: 20, outputScale: 1 };
  return {
    bin: all,
    document: edited(document, [
      { at: '/extensionsUsed/-', value: 'VRMC_materials_mtoon' },
      ...own.bufferViews.map((view) => ({
        at: '/bufferViews/-',
        value: { ...view, byteOffset: bin.length + Number(Reflect.get(view, 'byteOffset')) },
      })),
      { at: '/images/-', value: { name: 'Chequer', mimeType: 'image/png', bufferView: bufferViews.length } },
      { at: '/textures', value: [{ source: 1 }] },
      {
        at: '/accessors/-',
        value: { bufferView: bufferViews.length + 1, componentType: 5126, count: 8, type: 'VEC2' },
      },
      { at: '/meshes/0/primitives/0/attributes/TEXCOORD_0', value: accessors.length },
      {
        at: '/materials/0',
        value: {
          name: 'Skin',
          pbrMetallicRoughness: { baseColorTexture: { index: 0 } },
          extensions: {
            VRMC_materials_mtoon: {
              specVersion: '1.0',
              shadeColorFactor: [0.3, 0.2, 0.4],
              shadingToonyFactor: 0.5,
            },
          },
        },
      },
      {
        at: '/extensions/VRMC_vrm/lookAt',
        value: {
          type: 'expression',
          offsetFromHeadBone: [0, 0.06, 0],
          rangeMapHorizontalInner: range,
          rangeMapHorizontalOuter: range,
          rangeMapVerticalDown: range,
          rangeMapVerticalUp: range,
        },
      },
      ...['lookLeft', 'lookRight', 'lookUp', 'lookDown'].map((name, n) => ({
        at: `/extensions/VRMC_vrm/expressions/preset/${name}`,
        value: look(n),
      })),
      { at: '/buffers/0/byteLength', value: all.length },
      ...edits,
    ]),
  };
}

function chequer(): Uint8Array {
  const png = new PNG({ width: CHEQUER_SIDE, height: CHEQUER_SIDE });
  for (let n = 0; n < CHEQUER_SIDE ** 2; n += 1) {
    const isDark = ((n >> 2) + (n >> 6)) & 1;
    png.data.set(isDark === 1 ? [200, 120, 90, 255] : [240, 200, 170, 255], 4 * n);
  }
  return new Uint8Array(PNG.sync.write(png));
}
