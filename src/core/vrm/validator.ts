/** The door to a validator of plain glTF (Khronos'), which knows everything but VRM. */
import { checkVrm, type CheckOptions, type Report } from './check.ts';
import { countFindings, sortFindings } from './finding.ts';
import type { Finding } from './finding.ts';

export interface GltfValidator {
  /** Findings of a whole GLB, VRM noise left out; their codes start with `gltf:`. Rejects with `validator-failed`. */
  validate(glb: Uint8Array): Promise<readonly Finding[]>;
}

/**
 * All there is to say of a file: our rules, and the validator's findings with them. Of a file whose beginning alone is at hand
 * (`totalBytes`) our rules say what they can, and the validator is not asked. Rejects with `validator-failed`.
 */
export async function checkWhole(
  validator: GltfValidator,
  bytes: Uint8Array,
  options: CheckOptions = {},
): Promise<Report> {
  const report = checkVrm(bytes, options);
  if (bytes.length < (options.totalBytes ?? bytes.length)) return report;
  const findings = sortFindings([...report.findings, ...(await validator.validate(bytes))]);
  return { ...report, findings, counts: countFindings(findings) };
}
