import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { check } from './checkVrm.ts';
import { extension } from './extension.ts';
import { preview } from './preview.ts';
import { promotion } from './promotion.ts';
import { toolCalls } from './toolCalls.ts';

const benches: readonly Bench[] = [toolCalls, check, preview, extension, promotion];

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0)
  throw new Error(`no such bench; there are: ${benches.map(({ name }) => name).join(', ')}`);

for (const bench of chosen) {
  if (!values.json) console.log(`${bench.name}: ${bench.about}`);
  for await (const row of bench.run()) {
    if (values.json) console.log(JSON.stringify(row));
    else {
      const { ours, reference, unit, ratio, aim } = row;
      console.log(
        `  ${row.bench.padEnd(34)} ${ours} ${unit}, reference ${reference} ${unit}: ${ratio} × (aim ${aim})`,
      );
    }
  }
}
process.exit(0);
