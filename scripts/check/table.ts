import type { Outcome } from './run.ts';

const columns = ['suite', 'passed', 'failed', 'skipped', 'seconds'] as const;

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function totalsOf(outcomes: readonly Outcome[]): Totals {
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    passed: sum((o) => o.passed),
    failed: sum((o) => o.failed),
    skipped: sum((o) => o.skipped.length),
  };
}

/** `seconds`: of the whole run, in which gates ran side by side. */
export function table(outcomes: readonly Outcome[], seconds: number): string {
  const rows = outcomes.map(({ suite, passed, failed, skipped, seconds }) => [
    suite.name,
    `${passed}`,
    `${failed}`,
    `${skipped.length}`,
    seconds.toFixed(1),
  ]);
  const totals = totalsOf(outcomes);
  const last = ['all', `${totals.passed}`, `${totals.failed}`, `${totals.skipped}`, seconds.toFixed(1)];
  const all = [[...columns], ...rows, last];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(columns), rule, ...rows.map(line), rule, line(last)].join('\n');
}

/** The closing line, for people and for machines. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
