import assert from 'node:assert/strict';
import { join } from 'node:path';
import { skip } from '../support/skip.ts';
import type { RaceReport } from './racer.ts';
import { runOnNfs, umlMissing } from './uml.ts';

const rounds = 40;

describe('promotion to a folder mounted over NFS 4.2', function () {
  this.timeout(600_000);
  let printed: string;
  let report: RaceReport;

  before(async function () {
    const missing = await umlMissing();
    if (missing !== null) skip(this, missing);
    const race = join(import.meta.dirname, 'race.ts');
    printed = await runOnNfs(`exec ${process.execPath} ${race} ${rounds} 8`, 540_000);
    const line = printed.split('\n').find((one) => one.startsWith('{'));
    assert.ok(line !== undefined, printed.slice(-4000));
    report = JSON.parse(line) as RaceReport;
  });

  it('was a real mount, and a second one without its caches', () => {
    assert.match(printed, /^127\.0\.0\.1:\/ \/mnt\/one nfs4 [^\n]*vers=4\.2/m);
    assert.match(printed, /^127\.0\.0\.1:\/ \/mnt\/other nfs4 [^\n]*lookupcache=none/m);
  });

  it(`has one winner in each of ${rounds} rounds of eight promoters on two hosts`, () => {
    assert.deepEqual(report.winners, Array<number>(rounds).fill(1));
    assert.deepEqual(report.refusals, ['name-taken']);
  });

  it('keeps the winner’s bytes', () => assert.equal(report.kept, rounds));

  it('shows no reader half a file', () => {
    assert.equal(report.halfReads, 0);
    assert.ok(report.reads >= rounds, `only ${report.reads} reads`);
  });
});
