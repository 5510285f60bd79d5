/** A report as SARIF 2.1.0, which code hosts and editors show: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import type { Report } from './check.ts';
import type { Finding, Severity } from './finding.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

export interface CheckedFile {
  /** A path as it was given, or a URL. */
  readonly file: string;
  readonly report: Report;
}

/** @param version of Avatar Forge */
export function sarifOf(checked: readonly CheckedFile[], version: string): object {
  const findings = checked.flatMap(({ report }) => report.findings);
  const rules = new Map(findings.map((finding) => [finding.code, ruleOf(finding)]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Avatar Forge', version, rules: [...rules.values()] } },
        results: checked.flatMap(({ file, report }) => report.findings.map((one) => resultOf(file, one))),
      },
    ],
  };
}

function ruleOf({ code, next, spec }: Finding): object {
  return { id: code, help: { text: next }, ...(spec === null ? {} : { helpUri: spec }) };
}

function resultOf(file: string, { code, severity, message, next, where }: Finding): object {
  const logical = Object.entries<string>({ ...where }).map(([kind, name]) => ({
    kind,
    fullyQualifiedName: name,
  }));
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: `${message} ${next}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: file.includes('://') ? file : encodeURI(file) } },
        ...(logical.length === 0 ? {} : { logicalLocations: logical }),
      },
    ],
  };
}
