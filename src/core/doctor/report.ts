import { markdownText } from '../markdown.ts';
import type { Diagnosis, Health } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';

const marks: Readonly<Record<Health, string>> = { ok: '✓', warning: '!', error: '✗', skipped: '–' };

/** What the doctor found, as Markdown for people: a line for each subject, and what mends it below. */
export function doctorReport(
  { version, machine }: Pick<DoctorFacts, 'version' | 'machine'>,
  diagnoses: readonly Diagnosis[],
): string {
  const lines = diagnoses.flatMap(({ subject, health, says, mend }) => [
    `- ${marks[health]} **${subject}** (${health}): ${markdownText(says)}`,
    ...(mend === null ? [] : [`  - → ${markdownText(mend)}`]),
  ]);
  return [
    `# Doctor`,
    '',
    verdict(diagnoses),
    '',
    ...lines,
    '',
    `Avatar Forge ${version}, ${machine}`,
    '',
  ].join('\n');
}

/** One sentence on all of it. */
export function verdict(diagnoses: readonly Diagnosis[]): string {
  const count = (health: Health): number => diagnoses.filter((one) => one.health === health).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors === 0 && warnings === 0) return 'Everything that was looked at is well.';
  return `To mend: ${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}.`;
}
