import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SuiteReport } from '../reporter.ts';
import type { Suite } from './suites.ts';

export interface Outcome extends SuiteReport {
  readonly suite: Suite;
  readonly seconds: number;
  /** Why the suite failed although no test of it did. */
  readonly problem?: string | undefined;
  readonly log: string;
}

const limitMinutes = 20;
const running = new Set<ChildProcess>();

/** A suite runs in a process group of its own, so that nothing it started outlives it. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone: that is what was wanted
  }
}

export function endAll(): void {
  for (const child of running) endGroup(child, 'SIGKILL');
}

/** Runs one script of package.json; its output goes to out/check/NAME.log, line by line also to `onLine`. */
export async function runSuite(
  suite: Suite,
  folder: string,
  onLine: (line: string) => void,
): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const file = resolve(folder, suite.name.replaceAll(/[^a-z]+/g, '-'));
  const log = `${file}.log`;
  const reportPath = `${file}.json`;
  rmSync(reportPath, { force: true });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    AVATAR_FORGE_REPORT: reportPath,
    MOCHA_OPTIONS: `--reporter ${resolve('scripts/reporter.ts')}`,
  };
  if (suite.tree !== undefined) {
    env['AVATAR_FORGE_BLENDER'] = `${process.env['AVATAR_FORGE_CACHE'] ?? ''}/trees/blender-${suite.tree}`;
  }
  const missing = (process.env['AVATAR_FORGE_MISSING'] ?? '').split(' ');
  const lacking = suite.needs.filter((need) => missing.includes(need));
  if (lacking.length > 0) {
    const problem = `not run: it needs ${lacking.join(', ')}, see the set-up above`;
    const outcome = { suite, passed: 0, seconds: 0, log: '' };
    return suite.mayLack === true
      ? { ...outcome, failed: 0, skipped: [`${suite.name} (skipped: ${problem})`] }
      : { ...outcome, failed: 1, skipped: [], problem };
  }

  const start = performance.now();
  const output = createWriteStream(log);
  let tail = '';
  const child = spawn(process.execPath, ['--run', suite.script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const take = (chunk: Buffer): void => {
    output.write(chunk);
    const lines = (tail + chunk.toString()).split('\n');
    tail = lines.pop() ?? '';
    const last = lines.findLast((line) => line.trim() !== '');
    if (last !== undefined) onLine(last.trim());
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child, 'SIGKILL');
  }, limitMinutes * 60_000);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearTimeout(timer);
  endGroup(child, 'SIGTERM');
  running.delete(child);
  await new Promise((done) => output.end(done));

  const report = readReport(suite, code, reportPath, log);
  const problem = problemOf(suite, report, code, timedOut);
  return {
    suite,
    ...report,
    failed: problem !== undefined && report.failed === 0 ? 1 : report.failed,
    problem,
    seconds: (performance.now() - start) / 1000,
    log,
  };
}

function readReport(suite: Suite, code: number | null, reportPath: string, log: string): SuiteReport {
  const nothing: SuiteReport = { passed: 0, failed: 0, skipped: [] };
  switch (suite.counts) {
    case 'gate':
      return code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
    case 'mocha':
      return existsSync(reportPath) ? (JSON.parse(readFileSync(reportPath, 'utf8')) as SuiteReport) : nothing;
    case 'unittest':
      return unittestReport(readFileSync(log, 'utf8'));
  }
}

/** `python3 -m unittest -v`: https://docs.python.org/3/library/unittest.html */
function unittestReport(text: string): SuiteReport {
  const ran = Number(/^Ran (\d+) tests?/m.exec(text)?.[1] ?? 0);
  const end = /^(?:OK|FAILED)(?: \((.*)\))?$/m.exec(text)?.[1] ?? '';
  const count = (what: string): number => Number(new RegExp(`(?:^|, )${what}=(\\d+)`).exec(end)?.[1] ?? 0);
  const skipped = [...text.matchAll(/^(.*) \.\.\. skipped '(.*)'$/gm)].map(
    ([, test, reason]) => `${test ?? ''} (skipped: ${reason ?? ''})`,
  );
  const failed = count('failures') + count('errors') + count('unexpected successes');
  return { passed: Math.max(0, ran - failed - skipped.length), failed, skipped };
}

function problemOf(
  suite: Suite,
  report: SuiteReport,
  code: number | null,
  timedOut: boolean,
): string | undefined {
  if (timedOut) return `ended after ${limitMinutes} minutes`;
  if (suite.counts === 'gate') return undefined;
  if (report.failed === 0 && code !== 0) return `ended with exit code ${code ?? 'none'} and no failed test`;
  if (report.passed + report.failed === 0) return 'no test was executed';
  return undefined;
}
