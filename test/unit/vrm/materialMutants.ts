/** Models with one defect each in their toon materials. */
import type { Edit } from '../../support/vrm/json.ts';
import { type Mutant, one, zero } from './mutants.ts';

const VRM0 = '/extensions/VRM';

const toon = (values: object): object => ({ VRMC_materials_mtoon: { specVersion: '1.0', ...values } });
const withToon = (code: string, defect: string, values: object): Mutant =>
  one(code, defect, { at: '/materials/0/extensions', value: toon(values) });

/** A sound toon material of 0.x. */
export const TOON_0: Edit = {
  at: `${VRM0}/materialProperties`,
  value: [
    {
      name: 'Skin',
      shader: 'VRM/MToon',
      floatProperties: { _Cutoff: 0.5, _OutlineWidth: 0.5, _OutlineWidthMode: 1, _BlendMode: 1 },
      keywordMap: { MTOON_OUTLINE_WIDTH_WORLD: true, _ALPHATEST_ON: true, _ALPHABLEND_ON: false },
      textureProperties: { _MainTex: 0 },
    },
  ],
};
const withToon0 = (code: string, defect: string, { at, value }: Edit): Mutant =>
  zero(code, defect, TOON_0, { at: `${TOON_0.at}/0/${at}`, value });

export const MATERIAL_MUTANTS: readonly Mutant[] = [
  withToon('mtoon-version', 'MToon 2', { specVersion: '2.0' }),
  withToon('mtoon-value', 'a shift of 3', { shadingShiftFactor: 3 }),
  withToon('mtoon-value', 'an outline of less than nothing', { outlineWidthFactor: -0.1 }),
  withToon('mtoon-texture', 'a texture that is not there', { matcapTexture: { index: 5 } }),
  withToon('mtoon-outline-thick', 'centimetres for metres', {
    outlineWidthMode: 'worldCoordinates',
    outlineWidthFactor: 0.3,
  }),
  withToon0('mtoon-value', 'an outline of less than nothing', {
    at: 'floatProperties/_OutlineWidth',
    value: -1,
  }),
  withToon0('mtoon-value', 'a cutoff of 50 per cent, as 50', { at: 'floatProperties/_Cutoff', value: 50 }),
  withToon0('mtoon-value', 'a shade shift of 2', { at: 'floatProperties/_ShadeShift', value: 2 }),
  withToon0('mtoon-outline-thick', 'an outline of 10 cm', { at: 'floatProperties/_OutlineWidth', value: 10 }),
  withToon0('mtoon-keyword', 'cutout without its keyword', { at: 'keywordMap/_ALPHATEST_ON', value: false }),
  withToon0('mtoon-keyword', 'a keyword without its mode', {
    at: 'keywordMap/MTOON_OUTLINE_WIDTH_SCREEN',
    value: true,
  }),
  withToon0('mtoon-texture', 'a texture that is not there', { at: 'textureProperties/_MainTex', value: 9 }),
];
