import { indexIn, numberIn, objectIn, objectOrNull, textIn } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const MTOON = clauses('VRMC_materials_mtoon-1.0/README.md', null);

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
/** Thicker than that it is no outline, and most often a unit mixed up. */
const THICK_M = 0.05;

export const mtoon = defineRule({
  name: 'mtoon',
  codes: {
    'mtoon-version': {
      severity: 'error',
      title: 'A toon material of an unknown version',
      next: 'Export the materials as MToon 1.0.',
      spec: MTOON,
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
      next: 'Set the outline in metres: a few millimetres.',
      spec: MTOON,
    },
  },
  check({ gltf }: VrmModel, report) {
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
