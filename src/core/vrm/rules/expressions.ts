import { isDead } from '../effects.ts';
import type { DeclaredExpression, Expression, VrmModel } from '../model.ts';
import { LOOK_PRESETS, PRESETS, VISEMES } from '../presets.ts';
import { defineRule } from '../rule.ts';
import { clauses, NO_CLAUSE } from '../specLinks.ts';

const PRESET_0 = '#blendshape-groups-jsonextensionsvrmblendshapemasterblendshapegroups';
const BIND = clauses('VRMC_vrm-1.0/expressions.md#morphtargetbind', PRESET_0);

/** What speaks and blinks, and is there to be seen. */
const SEEN: readonly string[] = [...VISEMES, 'blink', 'blinkLeft', 'blinkRight'];
/**
 * A millimetre on a figure of 1.6 m: from 3.5 m away that is a minute of arc, the least that an eye tells apart. Real faces move
 * six of them and more.
 */
const WEAK_OF_HEIGHT = 1 / 1600;
const USUAL_HEIGHT_M = 1.6;

export const expressions = defineRule({
  name: 'expressions',
  codes: {
    'expression-missing': {
      severity: 'error',
      title: 'An expression the profile needs is not there',
      next: 'Add a shape key for it and bind it to the expression.',
      spec: NO_CLAUSE,
    },
    'expression-dead': {
      severity: 'warning',
      title: 'An expression is declared and does nothing',
      next: 'Bind it to a shape key that moves vertices (or to a material), or take it out.',
      spec: NO_CLAUSE,
    },
    'expression-weak': {
      severity: 'warning',
      title: 'A viseme or blink too small to see',
      next: 'Make its shape key move further: a mouth opens by about a centimetre, and eyes close.',
      spec: NO_CLAUSE,
    },
    'expression-custom-preset-name': {
      severity: 'error',
      title: 'A custom expression with the name of a preset',
      next: 'Make it the preset, or rename it.',
      spec: clauses('VRMC_vrm-1.0/expressions.md#custom-expressions', null),
    },
    'expression-preset-unknown': {
      severity: 'error',
      title: 'A preset expression that VRM does not know',
      next: 'Move it to the custom expressions.',
      spec: clauses('VRMC_vrm-1.0/expressions.md#preset-expressions', null),
    },
    'expression-duplicate': {
      severity: 'warning',
      title: 'Two expressions of one name',
      next: 'Keep one of them: which of the two an application takes is chance.',
      spec: clauses(null, PRESET_0),
    },
    'expression-bind': {
      severity: 'error',
      title: 'An expression is bound to a morph that does not exist',
      next: 'Bind it to a shape key of the mesh and export again.',
      spec: BIND,
    },
    'expression-weight': {
      severity: 'warning',
      title: 'A morph weight outside its range',
      next: 'Keep the weight within 0…1 (0…100 in 0.x) and make the shape key itself larger.',
      spec: BIND,
    },
  },
  check(model: VrmModel, report, profile) {
    const seen = new Set<string>();
    const targetsOf = model.gltf.meshes.map(({ primitives }) =>
      primitives.reduce((most, { targets }) => Math.max(most, targets.length), 0),
    );
    for (const expression of model.expressions) {
      const { name, kind, pointer } = expression;
      const where = { expression: name, pointer };
      const required = profile.requiredExpressions.includes(name);
      if (kind === 'custom' && model.version === '1.0' && PRESETS.includes(name)) {
        report('expression-custom-preset-name', {
          message: `The custom expression ${name} has the name of a preset.`,
          where,
        });
      }
      if (kind === 'preset' && !PRESETS.includes(name)) {
        report('expression-preset-unknown', { message: `VRM has no preset ${JSON.stringify(name)}.`, where });
      }
      if (seen.has(`${kind} ${name}`)) {
        report('expression-duplicate', { message: `The expression ${name} is there twice.`, where });
      }
      seen.add(`${kind} ${name}`);
      for (const message of badBinds(model, expression, targetsOf))
        report('expression-bind', { message, where });
      if (expression.morphs.some(({ weight }) => weight < 0 || weight > 1 + 1e-6)) {
        report('expression-weight', {
          message: `${name} binds a morph with a weight outside its range.`,
          where,
        });
      }
      if (isDead(expression.effect) && (required || !mayBeStill(model, name))) {
        report('expression-dead', {
          message: `The expression ${name} moves no vertex and changes no material.`,
          where,
          severity: required ? 'error' : 'warning',
        });
      } else if (kind === 'preset' && SEEN.includes(name) && isWeak(model, expression)) {
        report('expression-weak', {
          message: `The expression ${name} moves by ${millimetres(expression.effect.maxDeltaM)} at most.`,
          where,
        });
      }
    }
    for (const name of profile.requiredExpressions) {
      if (!seen.has(`${PRESETS.includes(name) ? 'preset' : 'custom'} ${name}`)) {
        report('expression-missing', {
          message: `The profile ${profile.name} needs the expression ${name}.`,
          where: { expression: name },
        });
      }
    }
  },
});

/** Neutral often is the face as modelled, and the four of the gaze are not used where bones turn the eyes. */
function mayBeStill(model: VrmModel, name: string): boolean {
  return name === 'neutral' || (LOOK_PRESETS.includes(name) && !model.lookAtByExpression);
}

function isWeak({ bounds }: VrmModel, { effect }: Expression): boolean {
  const height = bounds === null ? USUAL_HEIGHT_M : bounds.max[1] - bounds.min[1];
  const { maxDeltaM, materialBinds, textureBinds } = effect;
  return maxDeltaM !== null && maxDeltaM < height * WEAK_OF_HEIGHT && materialBinds + textureBinds === 0;
}

function millimetres(metres: number | null): string {
  return `${((metres ?? 0) * 1000).toFixed(2)} mm`;
}

function badBinds(
  { gltf }: VrmModel,
  expression: DeclaredExpression,
  targetsOf: readonly number[],
): readonly string[] {
  return expression.morphs.flatMap(({ mesh, target }) => {
    const [found, targets = 0] = [gltf.meshes[mesh ?? -1], targetsOf[mesh ?? -1]];
    if (found === undefined) return [`${expression.name} is bound to a node or mesh without morphs.`];
    if (target !== null && target < targets) return [];
    return [`${expression.name} is bound to morph ${target ?? '?'} of ${found.name}, which has ${targets}.`];
  });
}
