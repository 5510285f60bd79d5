import { ForgeError } from '../../errors.ts';
import { isDead } from '../effects.ts';
import type { ExpressionFact } from '../facts.ts';
import type { ExpressionEffect } from '../model.ts';

/** What sums of single precision differ by; a tenth of what counts as movement. */
const ROUNDING_M = 1e-6;
/** Of the vertices so few may lie on the edge of what counts as movement. */
const ROUNDING_SHARE = 1e-3;

/** How many expressions do something, before and after. Error: `expressions-changed` where one does not do the same. */
export function sameExpressions(before: readonly ExpressionFact[], after: readonly ExpressionFact[]): number {
  const changed = before.filter(({ name, kind, effect }, n) => {
    const now = after[n];
    return now?.name !== name || now.kind !== kind || !isSame(effect, now.effect);
  });
  if (changed.length > 0) {
    throw new ForgeError(
      'expressions-changed',
      `In the copy expressions move otherwise than in the model: ${changed.map(({ name }) => name).join(', ')}.`,
      'Keep numbers as they are stored (--no-quantise), and report this defect of Avatar Forge.',
    );
  }
  return before.filter(({ effect }) => !isDead(effect)).length;
}

function isSame(before: ExpressionEffect, after: ExpressionEffect): boolean {
  const near = (a: number | null, b: number | null, most: number): boolean =>
    a === null || b === null ? a === b : Math.abs(a - b) <= most;
  return (
    near(before.vertices, after.vertices, (before.vertices ?? 0) * ROUNDING_SHARE) &&
    near(before.maxDeltaM, after.maxDeltaM, ROUNDING_M + (before.maxDeltaM ?? 0) * ROUNDING_SHARE) &&
    before.materialBinds === after.materialBinds &&
    before.textureBinds === after.textureBinds
  );
}
