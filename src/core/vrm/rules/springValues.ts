import { listIn, numberIn, objectIn } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const VALUES = clauses('VRMC_springBone-1.0/README.md#joints', '#spring-bone-secondaryanimationbonegroups');

/** Least and most of each number of a joint; 0.x writes one of them otherwise. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  hitRadius: [0, Infinity],
  stiffness: [0, Infinity],
  stiffiness: [0, Infinity],
  dragForce: [0, 1],
};
/** A collision radius beyond that is most often a unit mixed up. */
const WIDE_M = 0.5;

export const springValues = defineRule({
  name: 'spring-values',
  codes: {
    'spring-value': {
      severity: 'error',
      title: 'A spring value out of its range',
      next: 'Correct the value in the spring and export again.',
      spec: VALUES,
    },
    'spring-radius-wide': {
      severity: 'warning',
      title: 'A spring joint wider than a body',
      next: 'Set the hit radius in metres: a few centimetres.',
      spec: VALUES,
    },
  },
  check(model: VrmModel, report) {
    for (const { name, pointer, values } of partsOf(model)) {
      const where = { spring: name, pointer };
      for (const [key, [least, most]] of Object.entries(RANGES)) {
        const value = numberIn(values[key]);
        if (value === null || (value >= least && value <= most)) continue;
        report('spring-value', {
          message: `${key} of ${name} is ${value}; it goes from ${least} to ${most}.`,
          where,
        });
      }
      const radius = numberIn(values['hitRadius']) ?? 0;
      if (radius > WIDE_M) {
        report('spring-radius-wide', {
          message: `A joint of ${name} has a hit radius of ${radius} m.`,
          where,
        });
      }
    }
  },
});

/** 1.0 says its values joint by joint, 0.x group by group. */
function partsOf({
  version,
  gltf,
  springs,
}: VrmModel): readonly { name: string; pointer: string; values: JsonObject }[] {
  const declared =
    version === '1.0'
      ? listIn(objectIn(gltf.extensions['VRMC_springBone'])['springs'])
      : listIn(objectIn(objectIn(gltf.extensions['VRM'])['secondaryAnimation'])['boneGroups']);
  return declared.flatMap((item, n) => {
    const { name = `spring ${n}`, pointer = '' } = springs[n] ?? {};
    if (version === '0.x') return [{ name, pointer, values: objectIn(item) }];
    return listIn(objectIn(item)['joints']).map((joint, at) => ({
      name,
      pointer: `${pointer}/joints/${at}`,
      values: objectIn(joint),
    }));
  });
}
