/** A rule is one file in rules/ and one line in rules/index.ts. */
import type { Finding, Severity, Where } from './finding.ts';
import type { VrmVersion } from './model.ts';
import type { Profile } from './profile.ts';
import type { SpecLinks } from './specLinks.ts';

export interface CodeInfo {
  readonly severity: Severity;
  /** The fault in a few words, for the table of rules. */
  readonly title: string;
  /** What to do: one imperative sentence. */
  readonly next: string;
  readonly spec: SpecLinks;
}

export interface Detail {
  readonly message: string;
  readonly where?: Where;
  /** Where this case asks for something else than the code's own sentence. */
  readonly next?: string;
  /** Where this case weighs other than the code in general. */
  readonly severity?: Severity;
}

export interface Rule<Subject> {
  readonly name: string;
  readonly codes: Readonly<Record<string, CodeInfo>>;
  run(subject: Subject, version: VrmVersion, profile: Profile): readonly Finding[];
}

interface RuleSource<Subject, Code extends string> {
  readonly name: string;
  readonly codes: Readonly<Record<Code, CodeInfo>>;
  check(subject: Subject, report: (code: Code, detail: Detail) => void, profile: Profile): void;
}

export function defineRule<Subject, Code extends string>(source: RuleSource<Subject, Code>): Rule<Subject> {
  return {
    name: source.name,
    codes: source.codes,
    run: (subject, version, profile) => {
      const findings: Finding[] = [];
      const report = (code: Code, detail: Detail): void => {
        const info = source.codes[code];
        const severity = profile.severities[code] ?? detail.severity ?? info.severity;
        if (severity === 'off') return;
        findings.push({
          code,
          severity,
          message: detail.message,
          next: detail.next ?? info.next,
          where: detail.where ?? {},
          spec: info.spec[version],
        });
      };
      source.check(subject, report, profile);
      return findings;
    },
  };
}
