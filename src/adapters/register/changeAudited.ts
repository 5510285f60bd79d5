import { sha256 } from '../../core/audit.ts';
import { toForgeError } from '../../core/errors.ts';
import type { AuditPort } from '../../core/ports.ts';
import type { AllowlistEdit } from '../../core/promotion/ports.ts';
import type { Change } from '../../core/register/change.ts';
import { diffOf } from '../../core/register/plan.ts';

/** Applies a change of the allowlists, and leaves a line of audit however it ends. Error: `audit-failed`. */
export async function changeAudited(
  { change, edits }: { readonly change: Change; readonly edits: readonly AllowlistEdit[] },
  { audit, who, where }: { readonly audit: AuditPort; readonly who: string; readonly where: string },
  apply: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const record = (outcome: string): Promise<void> =>
    audit.record({
      who,
      where,
      what: change.kind === 'replace' ? 'rollback' : change.kind,
      digest: sha256(diffOf(edits)),
      outcome,
      ms: Math.round(performance.now() - startedAt),
      note: change.kind === 'replace' ? `${change.from} → ${change.to}` : change.name,
    });
  try {
    await apply();
  } catch (thrown) {
    await record(toForgeError(thrown, 'internal', change.kind, '').code);
    throw thrown;
  }
  await record('ok');
}
