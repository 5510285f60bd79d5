/** Whether code from a model may run, decided here and nowhere else: clients can auto-approve, so theirs is not the boundary. */

import { invisible } from './untrusted.ts';

export type CodePolicy = 'ask' | 'allow' | 'deny';
export type Verdict = 'run' | 'ask' | 'refuse';

export const codePolicies: readonly CodePolicy[] = ['ask', 'allow', 'deny'];

/** What is to be done with a piece of code under `policy`, given whether a person allowed code for this session. */
export function verdictOn(policy: CodePolicy, allowedForSession: boolean): Verdict {
  switch (policy) {
    case 'allow':
      return 'run';
    case 'deny':
      return 'refuse';
    case 'ask':
      return allowedForSession ? 'run' : 'ask';
  }
}

const suspicious: readonly (readonly [RegExp, string])[] = [
  [/\b(subprocess|os\.system|os\.popen|os\.exec\w*|os\.spawn\w*|pty)\b/, 'starts other programs'],
  [/\b(socket|urllib|http\.client|requests|ftplib|smtplib)\b/, 'talks to the network'],
  [/\b(shutil\.rmtree|os\.remove|os\.unlink|os\.rmdir)\b|\.(unlink|rmdir)\(/, 'deletes files'],
  [
    /\bopen\s*\(|\.write_(text|bytes)\(|\bbpy\.ops\.wm\.(save|open|read|append|link)/,
    'reads or writes files',
  ],
  [/\b(exec|eval|compile|__import__|importlib|ctypes)\b/, 'builds code while running'],
  [/\bos\.environ\b|\bgetenv\b/, 'reads the environment'],
  [new RegExp(`(?!\\r\\n)(?:${invisible.source})`, 'u'), 'holds characters that cannot be seen'],
];

/** A place in the code that a person should look at; `index` and `length` in UTF-16 units. */
export interface Construct {
  readonly index: number;
  readonly length: number;
  /** Such as `deletes files`. */
  readonly warning: string;
}

/** In the order of the warnings. Easily evaded: a help to read, never a guard. */
export function constructsIn(code: string): Construct[] {
  return suspicious.flatMap(([pattern, warning]) =>
    [...code.matchAll(new RegExp(pattern, 'gu'))].map(({ index, 0: { length } }) => ({
      index,
      length,
      warning,
    })),
  );
}

/** Hints for the person who is asked, each once. */
export function warningsFor(code: string): string[] {
  return [...new Set(constructsIn(code).map(({ warning }) => warning))];
}
