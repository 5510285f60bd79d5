/** Mocha's spec reporter, which also leaves its counts as a {@link SuiteReport} for ./check. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export interface SuiteReport {
  readonly passed: number;
  readonly failed: number;
  /** Full titles; the reason is in the title (test/support/skip.ts). */
  readonly skipped: readonly string[];
}

export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      const path = process.env['AVATAR_FORGE_REPORT'];
      if (path === undefined) return;
      const report: SuiteReport = { passed: this.stats.passes, failed: this.stats.failures, skipped };
      writeFileSync(path, JSON.stringify(report));
    });
  }
}
