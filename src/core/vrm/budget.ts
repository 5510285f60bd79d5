import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** What an avatar may cost the program that shows it. */
export interface Budget {
  readonly triangles: number;
}

/** Warnings where a model costs more than it may: no specification asks for that. */
export function budgetFindings(
  facts: Pick<Facts, 'triangles'> | null,
  { triangles: most }: Budget,
): readonly Finding[] {
  if (facts === null || facts.triangles <= most) return [];
  return [
    {
      code: 'budget-triangles',
      severity: 'warning',
      message: `The model has ${facts.triangles} triangles, more than the ${most} of the budget.`,
      next: 'Simplify its meshes (Blender: Decimate), or raise avatarForge.budget.triangles.',
      where: {},
      spec: null,
    },
  ];
}
