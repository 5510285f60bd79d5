/** What a check has to say: stable codes, what is wrong, what to do, where, and by which clause. */

export type Severity = 'error' | 'warning' | 'info';

/** Where in the file. Names are the file's own: untrusted text. */
export interface Where {
  /** JSON pointer into the glTF document. */
  readonly pointer?: string;
  readonly node?: string;
  readonly bone?: string;
  readonly expression?: string;
  readonly spring?: string;
  readonly image?: string;
}

export interface Finding {
  /** Part of the public interface, as are no words of the message. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly next: string;
  readonly where: Where;
  /** Address of the clause; `null` where no specification but good sense asks for it. */
  readonly spec: string | null;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function countFindings(findings: readonly Finding[]): Counts {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** Errors first; among equals the order they came in. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
