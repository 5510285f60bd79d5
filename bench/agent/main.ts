/** The tasks, solved through our server and through a stock-style one: `node bench/agent/main.ts [--only TASK]… [--json]`. */
import { parseArgs } from 'node:util';
import { type Attempt, attempt } from './attempt.ts';
import { makeSeeds, ourSide, type Side, stockSide } from './side.ts';
import { solved, table } from './table.ts';
import { tasks } from './tasks/index.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
const names = tasks.map(({ name }) => name);
const unknown = values.only.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`no task ${unknown.join(', ')}; there are: ${names.join(', ')}`);
const chosen = tasks.filter(({ name }) => values.only.length === 0 || values.only.includes(name));

const seeds = await makeSeeds(chosen);
const attempts: Attempt[] = [];
try {
  const lists = { ours: await run(ourSide), stock: await run(stockSide) };
  if (values.json) console.log(JSON.stringify({ lists, attempts }));
  else console.log(table(attempts, lists));
} finally {
  await seeds.remove();
}
process.exitCode = attempts.every((one) => one.unsolved !== null || solved(one)) ? 0 : 1;

/** All tasks on one side, which has the processor to itself; the tokens of its tools. */
async function run(open: () => Promise<Side>): Promise<number> {
  const side = await open();
  try {
    for (const task of chosen) {
      const made = await attempt(side, task, seeds.folder);
      attempts.push(made);
      for (const fault of [...made.wrong, ...made.collateral.map((fact) => `also changed: ${fact}`)])
        console.error(`${side.name} ${task.name}: ${fault}`);
    }
    const { tools } = await side.client.listTools();
    const seen = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    return Math.round(JSON.stringify(seen).length / 4);
  } finally {
    await side.end();
  }
}
