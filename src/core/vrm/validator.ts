/** The door to a validator of plain glTF (Khronos'), which knows everything but VRM. */
import { checkGlb, checkVrm, type CheckOptions, type Report } from './check.ts';
import { countFindings, sortFindings } from './finding.ts';
import type { Finding } from './finding.ts';
import { type Profile, PROFILES } from './profile.ts';
import type { ModelReading } from './readForCheck.ts';

export interface GltfValidator {
  /** Findings of a whole GLB, VRM noise left out; their codes start with `gltf:`. Rejects with `validator-failed`. */
  validate(glb: Uint8Array): Promise<readonly Finding[]>;
}

/**
 * All there is to say of a model or an animation: our rules, and the validator's findings with them. Of a file whose beginning alone is at hand
 * (`totalBytes`) our rules say what they can, and the validator is not asked. Rejects with `validator-failed`.
 */
export async function checkWhole(
  validator: GltfValidator,
  bytes: Uint8Array,
  options: CheckOptions = {},
): Promise<Report> {
  const report = checkVrm(bytes, options);
  if (bytes.length < (options.totalBytes ?? bytes.length)) return report;
  return withTheirs(report, await validator.validate(bytes), options);
}

/** The same of a file that was read for it. Rejects with `validator-failed`. */
export async function checkReading(
  validator: GltfValidator,
  { glb, bytes, totalBytes }: ModelReading,
  options: Omit<CheckOptions, 'totalBytes'> = {},
): Promise<Report> {
  const report = checkGlb({ glb, complete: true }, { ...options, totalBytes });
  return withTheirs(report, await validator.validate(bytes), options);
}

function withTheirs(report: Report, found: readonly Finding[], options: CheckOptions): Report {
  const theirs = weighed(found, options.profile ?? PROFILES.spec);
  const findings = sortFindings([...report.findings, ...theirs]);
  return { ...report, findings, counts: countFindings(findings) };
}

function weighed(findings: readonly Finding[], { severities }: Profile): readonly Finding[] {
  return findings.flatMap((finding) => {
    const severity = severities[finding.code] ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}
