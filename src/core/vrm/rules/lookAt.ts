import { numberIn, objectIn } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { nodeOfBone, type VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const LOOK_AT = clauses(
  'VRMC_vrm-1.0/lookAt.md',
  '#vrm-extension-first-person-settings-jsonextensionsvrmfirstperson',
);
const RANGES_1 = [
  'rangeMapHorizontalInner',
  'rangeMapHorizontalOuter',
  'rangeMapVerticalDown',
  'rangeMapVerticalUp',
];
const RANGES_0 = ['lookAtHorizontalInner', 'lookAtHorizontalOuter', 'lookAtVerticalDown', 'lookAtVerticalUp'];

export const lookAt = defineRule({
  name: 'look-at',
  codes: {
    'look-at-eyes': {
      severity: 'warning',
      title: 'Eyes that cannot look',
      next: 'Assign leftEye and rightEye, or let expressions move the eyes.',
      spec: LOOK_AT,
    },
    'look-at-dead': {
      severity: 'warning',
      title: 'Look-at expressions that move nothing',
      next: 'Give lookUp, lookDown, lookLeft and lookRight morphs or texture transforms, or let bones move the eyes.',
      spec: LOOK_AT,
    },
    'look-at-range': {
      severity: 'warning',
      title: 'A look-at range of no use',
      next: 'Set an input above 0 and up to 180 degrees, and an output above 0.',
      spec: LOOK_AT,
    },
  },
  check(model: VrmModel, report) {
    const pointer = model.version === '1.0' ? '/extensions/VRMC_vrm/lookAt' : '/extensions/VRM/firstPerson';
    const settings = settingsOf(model);
    if (settings === null) return;
    if (model.lookAtByExpression) {
      const dead = ['lookUp', 'lookDown', 'lookLeft', 'lookRight'].filter((name) => !moves(model, name));
      if (dead.length > 0) {
        report('look-at-dead', { message: `${dead.join(', ')}: nothing moves.`, where: { pointer } });
      }
    } else {
      const missing = ['leftEye', 'rightEye'].filter((bone) => nodeOfBone(model, bone) === null);
      if (missing.length > 0) {
        report('look-at-eyes', {
          message: `Bones move the eyes, and there is no ${missing.join(', no ')}.`,
          where: { pointer },
        });
      }
    }
    const ranges = model.version === '1.0' ? RANGES_1 : RANGES_0;
    for (const name of ranges) {
      const range = settings[name];
      if (range === undefined) continue;
      const [input, output] = rangeOf(objectIn(range));
      if (input <= 0 || input > 180 || output <= 0) {
        report('look-at-range', {
          message: `${name} maps ${input} to ${output}.`,
          where: { pointer: `${pointer}/${name}` },
        });
      }
    }
  },
});

/** Null where the file says nothing of look-at. */
function settingsOf({ version, gltf }: VrmModel): JsonObject | null {
  const at =
    version === '1.0'
      ? objectIn(gltf.extensions['VRMC_vrm'])['lookAt']
      : objectIn(gltf.extensions['VRM'])['firstPerson'];
  return at === undefined ? null : objectIn(at);
}

/** Input in degrees and output, by either version's names; what is left out is as the specification presumes. */
function rangeOf(range: JsonObject): readonly [number, number] {
  const input = numberIn(range['inputMaxValue']) ?? numberIn(range['xRange']) ?? 90;
  return [input, numberIn(range['outputScale']) ?? numberIn(range['yRange']) ?? 10];
}

function moves({ expressions }: VrmModel, name: string): boolean {
  return expressions.some(
    ({ name: own, effect }) =>
      own === name && ((effect.maxDeltaM ?? 1) > 0 || effect.materialBinds + effect.textureBinds > 0),
  );
}
