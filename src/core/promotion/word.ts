import { ForgeError } from '../errors.ts';
import type { Finding } from '../vrm/finding.ts';

/**
 * Warnings that a person has to answer for by name: whether it may be done is not in the file, only its maker knows, and what is
 * published has been passed on for ever.
 */
export const namedWarnings = ['licence-no-redistribution'] as const;

/** Of the findings those that need such a word. */
export function needWord(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ severity, code }) => severity === 'warning' && namedWarnings.some((named) => named === code),
  );
}

/** Throws `not-accepted` (data: findings) where one of them needs a word and `accepted` is not its name. */
export function refuseUnaccepted(place: string, findings: readonly Finding[], accepted?: string): void {
  const open = needWord(findings).filter(({ code }) => code !== accepted);
  const [first] = open;
  if (first === undefined) return;
  throw new ForgeError(
    'not-accepted',
    `${place} waits for a person's word: ${first.code}: ${first.message}`,
    `If you made it, or its author lets you publish it, add --accept ${first.code}. ${first.next}`,
    { data: { findings: open } },
  );
}
