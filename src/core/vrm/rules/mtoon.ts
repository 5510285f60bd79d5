import type { Gltf } from '../gltf.ts';
import { indexIn, listIn, numberIn, objectIn, objectOrNull, textIn } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import type { Detail } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const PROPERTIES_0 = '#vrm-extension-extensionsvrmmaterialproperties';
const MTOON = clauses('VRMC_materials_mtoon-1.0/README.md', PROPERTIES_0);

/** Least and most of each number, as the specification's schema has them. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  shadingShiftFactor: [-1, 1],
  shadingToonyFactor: [0, 1],
  giEqualizationFactor: [0, 1],
  rimLightingMixFactor: [0, 1],
  parametricRimFresnelPowerFactor: [0, Infinity],
  outlineWidthFactor: [0, Infinity],
  outlineLightingMixFactor: [0, 1],
};
const TEXTURES = [
  'shadeMultiplyTexture',
  'shadingShiftTexture',
  'matcapTexture',
  'rimMultiplyTexture',
  'outlineWidthMultiplyTexture',
  'uvAnimationMaskTexture',
];
/** As MToon's own shader declares them; the specification of 0.x names none. Modes are numbers, too. */
const RANGES_0: Readonly<Record<string, readonly [number, number]>> = {
  _Cutoff: [0, 1],
  _ReceiveShadowRate: [0, 1],
  _ShadingGradeRate: [0, 1],
  _ShadeShift: [-1, 1],
  _ShadeToony: [0, 1],
  _LightColorAttenuation: [0, 1],
  _IndirectLightIntensity: [0, 1],
  _RimLightingMix: [0, 1],
  _RimFresnelPower: [0, 100],
  _RimLift: [0, 1],
  _OutlineWidth: [0, Infinity],
  _OutlineScaledMaxDistance: [1, 10],
  _OutlineLightingMix: [0, 1],
  _BlendMode: [0, 3],
  _CullMode: [0, 2],
  _OutlineWidthMode: [0, 2],
  _OutlineColorMode: [0, 1],
};
/** Which modes each keyword goes with. */
const KEYWORDS_0: Readonly<Record<string, { readonly mode: string; readonly values: readonly number[] }>> = {
  _ALPHATEST_ON: { mode: '_BlendMode', values: [1] },
  _ALPHABLEND_ON: { mode: '_BlendMode', values: [2, 3] },
  MTOON_OUTLINE_WIDTH_WORLD: { mode: '_OutlineWidthMode', values: [1] },
  MTOON_OUTLINE_WIDTH_SCREEN: { mode: '_OutlineWidthMode', values: [2] },
};
/** Writers keep single precision. */
const ROUNDING = 1e-4;
/** 0.x counts outlines in centimetres. */
const METRES_0 = 0.01;

/** Thicker than that it is no outline, and most often a unit mixed up. */
const THICK_M = 0.05;

export const mtoon = defineRule({
  name: 'mtoon',
  codes: {
    'mtoon-version': {
      severity: 'error',
      title: 'A toon material of an unknown version',
      next: 'Export the materials as MToon 1.0.',
      spec: clauses('VRMC_materials_mtoon-1.0/README.md', null),
    },
    'mtoon-value': {
      severity: 'error',
      title: 'A toon value out of its range',
      next: 'Correct the value in the material and export again.',
      spec: MTOON,
    },
    'mtoon-texture': {
      severity: 'error',
      title: 'A toon material with a texture that is not there',
      next: 'Choose the texture again, or none.',
      spec: MTOON,
    },
    'mtoon-outline-thick': {
      severity: 'warning',
      title: 'An outline thicker than a finger',
      next: 'Set it to a few millimetres: 1.0 counts in metres, 0.x in centimetres.',
      spec: MTOON,
    },
    'mtoon-keyword': {
      severity: 'warning',
      title: 'A toon material whose keywords and modes contradict each other',
      next: 'Set its blend or outline mode again and export: some viewers go by the one, some by the other.',
      spec: clauses(null, PROPERTIES_0),
    },
  },
  check({ version, gltf }: VrmModel, report) {
    if (version === '0.x') check0(gltf, report);
    gltf.materialExtensions.forEach((extensions, n) => {
      const values = objectOrNull(extensions['VRMC_materials_mtoon']);
      if (values === null) return;
      const name = gltf.materials[n] ?? '';
      const pointer = `/materials/${n}/extensions/VRMC_materials_mtoon`;
      const version = textIn(values['specVersion']);
      if (version !== '1.0') {
        report('mtoon-version', {
          message: `${name} is MToon ${version ?? 'of no version'}.`,
          where: { pointer },
        });
      }
      for (const [key, [least, most]] of Object.entries(RANGES)) {
        const value = numberIn(values[key]);
        if (value === null || (value >= least && value <= most)) continue;
        report('mtoon-value', {
          message: `${key} of ${name} is ${value}; it goes from ${least} to ${most}.`,
          where: { pointer: `${pointer}/${key}` },
        });
      }
      for (const key of TEXTURES.filter((one) => missesTexture(values, one, gltf.textures.length))) {
        report('mtoon-texture', {
          message: `${key} of ${name} is not in the file.`,
          where: { pointer: `${pointer}/${key}` },
        });
      }
      const width = numberIn(values['outlineWidthFactor']) ?? 0;
      if (values['outlineWidthMode'] === 'worldCoordinates' && width > THICK_M) {
        report('mtoon-outline-thick', {
          message: `The outline of ${name} is ${width} m thick.`,
          where: { pointer: `${pointer}/outlineWidthFactor` },
        });
      }
    });
  },
});

function missesTexture(values: JsonObject, key: string, textures: number): boolean {
  return key in values && (indexIn(objectIn(values[key])['index']) ?? Infinity) >= textures;
}

type Code = 'mtoon-value' | 'mtoon-texture' | 'mtoon-outline-thick' | 'mtoon-keyword';

/** 0.x holds them beside the materials, by the names of Unity's shader. */
function check0({ extensions, textures }: Gltf, report: (code: Code, detail: Detail) => void): void {
  listIn(objectIn(extensions['VRM'])['materialProperties']).forEach((item, n) => {
    const material = objectIn(item);
    if (material['shader'] !== 'VRM/MToon') return;
    const name = textIn(material['name']) ?? `material ${n}`;
    const [numbers, keywords, pictures] = [
      objectIn(material['floatProperties']),
      objectIn(material['keywordMap']),
      objectIn(material['textureProperties']),
    ];
    const tell = (code: Code, place: string, message: string): void => {
      const where = { pointer: `/extensions/VRM/materialProperties/${n}/${place}` };
      report(code, { message, where, severity: 'warning' });
    };
    for (const [key, [least, most]] of Object.entries(RANGES_0)) {
      const value = numberIn(numbers[key]);
      if (value === null || (value >= least - ROUNDING && value <= most + ROUNDING)) continue;
      const message = `${key} of ${name} is ${value}; it goes from ${least} to ${most}.`;
      tell('mtoon-value', `floatProperties/${key}`, message);
    }
    const width = METRES_0 * (numberIn(numbers['_OutlineWidth']) ?? 0);
    if (numbers['_OutlineWidthMode'] === 1 && width > THICK_M) {
      tell(
        'mtoon-outline-thick',
        'floatProperties/_OutlineWidth',
        `The outline of ${name} is ${width} m thick.`,
      );
    }
    for (const [keyword, { mode, values }] of Object.entries(KEYWORDS_0)) {
      const value = numberIn(numbers[mode]);
      const isOn = keywords[keyword] === true;
      if (value === null || isOn === values.includes(value)) continue;
      const message = `${name} has ${mode} ${value} and ${keyword} ${isOn ? 'on' : 'off'}.`;
      tell('mtoon-keyword', `keywordMap/${keyword}`, message);
    }
    for (const [key, index] of Object.entries(pictures)) {
      if ((indexIn(index) ?? -1) >= textures.length)
        tell('mtoon-texture', `textureProperties/${key}`, `${key} of ${name} is not in the file.`);
    }
  });
}
