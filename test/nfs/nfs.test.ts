import assert from 'node:assert/strict';
import { join } from 'node:path';
import { skip } from '../support/skip.ts';
import type { CrashReport } from './crash.ts';
import type { RaceReport } from './racer.ts';
import { runOnNfs, umlMissing } from './uml.ts';

const rounds = 40;

describe('promotion to a folder mounted over NFS 4.2', function () {
  this.timeout(600_000);
  let printed: string;
  let report: RaceReport;
  let crash: CrashReport;

  before(async function () {
    const missing = await umlMissing();
    if (missing !== null) skip(this, missing);
    const [race, crashes] = ['race.ts', 'crash.ts'].map((file) => join(import.meta.dirname, file));
    const node = process.execPath;
    printed = await runOnNfs(`${node} ${race} ${rounds} 8\n${node} ${crashes}`, 540_000);
    const [first, second] = printed.split('\n').filter((one) => one.startsWith('{'));
    assert.ok(first !== undefined && second !== undefined, printed.slice(-4000));
    report = JSON.parse(first) as RaceReport;
    crash = JSON.parse(second) as CrashReport;
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

  it('killed at any line of its journal leaves nothing half, and goes on when it is run again', () => {
    assert.deepEqual(crash.faults, []);
    assert.ok(crash.lines >= 12, `its journal had ${crash.lines} lines`);
  });

  it('says that the disk is full, leaves nothing there, and goes on when there is room', () => {
    assert.equal(crash.full, 'production-full');
    assert.deepEqual(crash.leftWhenFull, []);
    assert.equal(crash.withRoomAgain, 'promoted');
  });

  it('says that it is mounted read-only', () => assert.equal(crash.readOnly, 'production-read-only'));
});
