/** The door to a validator of plain glTF (Khronos'), which knows everything but VRM. */
import { countFindings, sortFindings } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Report } from './check.ts';

export interface GltfValidator {
  /** Findings of a whole GLB, VRM noise left out; their codes start with `gltf:`. Rejects with `validator-failed`. */
  validate(glb: Uint8Array): Promise<readonly Finding[]>;
}

/** The report with another checker's findings in it. */
export function mergeFindings(report: Report, others: readonly Finding[]): Report {
  const findings = sortFindings([...report.findings, ...others]);
  return { ...report, findings, counts: countFindings(findings) };
}
