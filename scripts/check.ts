/**
 * Runs the suites of scripts/check/suites.ts, gates side by side, the others one after another, and prints one table;
 * ./check does the set-up before.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { endAll, runSuite, type Outcome } from './check/run.ts';
import { blenderChoices, selected, suitesFor, type BlenderChoice, type Suite } from './check/suites.ts';
import { closingLine, table, totalsOf } from './check/table.ts';

const usage = `usage: ./check [--blender ${blenderChoices.join('|')}] [--only NAME]… [--list]`;
const folder = 'out/check';

function refuse(message: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}

function chosenSuites(): { suites: readonly Suite[]; list: boolean; needs: boolean } {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        blender: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
        needs: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
  const { blender, only, list, needs } = values;
  const choice = blenderChoices.find((known): known is BlenderChoice => known === blender);
  if (blender !== undefined && choice === undefined) refuse(`There is no Blender called ${blender} here.`);
  const all = suitesFor(choice);
  const suites = selected(all, only);
  const unknown = only.find((name) => selected(all, [name]).length === 0);
  if (unknown !== undefined)
    refuse(`There is no suite ${unknown}: ${all.map(({ name }) => name).join(', ')}.`);
  return { suites, list, needs };
}

function reasonOf(title: string): string {
  return /\(skipped: (.*?)\)(?: |$)/.exec(title)?.[1] ?? title;
}

async function show(suite: Suite): Promise<Outcome> {
  const live = process.stdout.isTTY;
  const start = performance.now();
  const width = process.stdout.columns;
  process.stdout.write(`▸ ${suite.name} … `);
  const outcome = await runSuite(suite, folder, (line) => {
    if (!live) return;
    const seconds = Math.round((performance.now() - start) / 1000);
    process.stdout.write(`\r\x1b[K${`▸ ${suite.name} … ${seconds} s  ${line}`.slice(0, width - 1)}`);
  });
  report(outcome, live ? `\r\x1b[K▸ ${suite.name} … ` : '');
  return outcome;
}

/** Gates only read: as many at once as there are cores. */
async function showGates(gates: readonly Suite[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...gates];
  const work = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      const outcome = await runSuite(gate, folder, () => undefined);
      report(outcome, `▸ ${gate.name} … `);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return outcomes.toSorted((a, b) => gates.indexOf(a.suite) - gates.indexOf(b.suite));
}

function report({ suite, passed, failed, skipped, problem, seconds, log }: Outcome, heading: string): void {
  const counts =
    suite.counts === 'gate' && failed === 0
      ? 'passed'
      : closingLine({ passed, failed, skipped: skipped.length });
  process.stdout.write(`${heading}${counts} ${seconds.toFixed(1)} s\n`);
  if (failed > 0) {
    if (log !== '') console.log(readFileSync(log, 'utf8').replaceAll(/^/gm, '  │ '));
    if (problem !== undefined) console.log(`  ${suite.name}: ${problem}`);
  } else if (passed === 0) console.log(`  ${suite.name}: nothing ran`);
  const reasons = skipped.map(reasonOf);
  for (const reason of new Set(reasons)) {
    console.log(`  skipped ${reasons.filter((other) => other === reason).length}: ${reason}`);
  }
}

function coverage(): string | undefined {
  try {
    const text = readFileSync('coverage/coverage-summary.json', 'utf8');
    const { total } = JSON.parse(text) as { total: { lines: { pct: number }; branches: { pct: number } } };
    return `unit tests cover ${total.lines.pct} % of lines, ${total.branches.pct} % of branches: coverage/index.html`;
  } catch {
    return undefined;
  }
}

const { suites, list, needs } = chosenSuites();
if (needs || list) {
  // Naming the suites needs nothing; `--needs` is how ./check asks what to set up.
  const needed = list ? [] : new Set(suites.flatMap((suite) => suite.needs));
  const lines = needs ? needed : suites.map(({ name }) => name);
  for (const line of lines) console.log(line);
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

const start = performance.now();
const isGate = ({ counts }: Suite): boolean => counts === 'gate';
const outcomes = await showGates(suites.filter(isGate));
for (const suite of suites.filter((other) => !isGate(other))) outcomes.push(await show(suite));
const measured = suites.some(({ name }) => name === 'test:unit') ? coverage() : undefined;
const totals = totalsOf(outcomes);
console.log(`\n${table(outcomes, (performance.now() - start) / 1000)}\n`);
if (measured !== undefined) console.log(measured);
console.log(closingLine(totals));
process.exitCode = totals.failed > 0 ? 1 : 0;
