import type { Finding } from './finding.ts';

/**
 * Findings for a list that people read: every error and warning, and of each code of mere information the first, with how many
 * more there are. A validator can repeat itself a hundred times.
 */
export function condenseInfos(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const { code, severity } of findings)
    if (severity === 'info') counts.set(code, (counts.get(code) ?? 0) + 1);
  return findings.flatMap((finding) => {
    if (finding.severity !== 'info') return [finding];
    const count = counts.get(finding.code);
    if (count === undefined) return [];
    counts.delete(finding.code);
    if (count === 1) return [finding];
    return [{ ...finding, message: `${finding.message} (and ${count - 1} more of this code)` }];
  });
}
