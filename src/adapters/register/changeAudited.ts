import { sha256 } from '../../core/audit.ts';
import { toForgeError } from '../../core/errors.ts';
import type { AuditPort } from '../../core/ports.ts';
import { type AllowlistPlan, diffOf } from '../../core/register/plan.ts';

/** Applies a change of the allowlists, and leaves a line of audit however it ends. Error: `audit-failed`. */
export async function changeAudited(
  plan: AllowlistPlan,
  { audit, who, where }: { readonly audit: AuditPort; readonly who: string; readonly where: string },
  apply: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const { change } = plan;
  const record = (outcome: string): Promise<void> =>
    audit.record({
      who,
      where,
      what: change.do,
      digest: sha256(diffOf(plan)),
      outcome,
      ms: Math.round(performance.now() - startedAt),
      note: change.do === 'rollback' ? change.to : change.name,
    });
  try {
    await apply();
  } catch (thrown) {
    await record(toForgeError(thrown, 'internal', change.do, '').code);
    throw thrown;
  }
  await record('ok');
}
