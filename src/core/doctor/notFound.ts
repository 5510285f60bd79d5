import type { Diagnosis, Health } from './diagnosis.ts';
import type { Probe } from './facts.ts';

/** The row of something that was not found, or not looked for. */
export function notFound(
  subject: string,
  probe: Exclude<Probe<unknown>, { is: 'found' }>,
  health: Health,
): Diagnosis {
  if (probe.is === 'skipped') return { subject, health: 'skipped', says: probe.why, mend: null };
  return { subject, health, says: `${probe.message} (${probe.code})`, mend: probe.next };
}
