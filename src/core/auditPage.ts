import { type AuditLine, firstBreak } from './audit.ts';
import { markdownText } from './markdown.ts';

/** The newest lines that a page shows. */
const shown = 200;

/** The audit log as Markdown for people, newest first, with a word on whether its chain is whole. */
export function auditPage(file: string, lines: readonly AuditLine[]): string {
  const broken = firstBreak(lines);
  const whole =
    broken === null
      ? 'The chain is whole: no line was changed or taken away.'
      : `**The chain breaks at line ${broken}**: that line, or one before it, was changed or taken away.`;
  const rows = lines
    .slice(-shown)
    .reverse()
    .map(({ at, who, where, what, outcome, ms, note }) =>
      [at.replace('T', ' ').replace(/\.\d+Z$/, ''), who, where, what, outcome, `${ms} ms`, note ?? '']
        .map((text) => markdownText(text, 200))
        .join(' | '),
    );
  return [
    '# Audit log',
    '',
    `${lines.length} line${lines.length === 1 ? '' : 's'} in ${markdownText(file)}. ${whole}`,
    ...(lines.length > shown ? ['', `The last ${shown} are shown.`] : []),
    '',
    ...(rows.length === 0
      ? ['Nothing was recorded yet.']
      : [
          '| When (UTC) | Who | Where | What | Outcome | Took | Note |',
          '| --- | --- | --- | --- | --- | --- | --- |',
          ...rows.map((row) => `| ${row} |`),
        ]),
    '',
  ].join('\n');
}
