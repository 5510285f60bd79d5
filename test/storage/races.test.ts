import assert from 'node:assert/strict';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { partialName, thisPromoter } from '../../src/adapters/storage/partials.ts';
import type { PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { skip } from '../support/skip.ts';
import { inRig, type Rig } from './rig.ts';
import { Promoter, type PromoterAnswer, type PromoterTask, Scratch } from './support.ts';

const promoters = 8;

describe('promoters at the same time', function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  after(() => scratch.clean());

  /** Eight processes whose plans are made, let go at once. */
  async function race(tasks: readonly PromoterTask[]): Promise<PromoterAnswer[]> {
    const all = tasks.map((task) => new Promoter(task));
    await Promise.all(all.map((one) => one.ready()));
    return Promise.all(all.map((one) => one.go()));
  }
  const outcomeOf = (answer: PromoterAnswer): string => ('code' in answer ? answer.code : answer.outcome);

  async function tasksOf(exact: boolean): Promise<PromoterTask[]> {
    const folder = await scratch.folder();
    const state = await scratch.folder();
    const sources = Array.from({ length: promoters }, (_, index) => scratch.file(`${index}.vrm`));
    return (await Promise.all(sources)).map((source) => ({
      source,
      folder,
      name: 'Wanted.vrm',
      exact,
      state,
    }));
  }

  it('have one winner of one name, and its bytes stay', async () => {
    const tasks = await tasksOf(true);
    const answers = await race(tasks);
    const outcomes = answers.map(outcomeOf).sort();
    assert.deepEqual(outcomes, [...Array<string>(promoters - 1).fill('name-taken'), 'promoted']);
    const winner = answers.findIndex((answer) => 'sha256' in answer);
    const { folder, source } = tasks[winner]!;
    assert.deepEqual(await readFile(join(folder, 'Wanted.vrm')), await readFile(source));
    assert.deepEqual((await readdir(folder)).sort(), ['Wanted.vrm', 'Wanted.vrm.sha256']);
  });

  it('all get a version of their own without --exact', async () => {
    const tasks = await tasksOf(false);
    const answers = await race(tasks);
    assert.deepEqual(answers.map(outcomeOf), Array<string>(promoters).fill('promoted'));
    const names = answers.map((answer) => ('name' in answer ? answer.name : '')).sort();
    const expected = [
      'Wanted.vrm',
      ...Array.from({ length: promoters - 1 }, (_, i) => `Wanted-v${i + 2}.vrm`),
    ];
    assert.deepEqual(names, expected.sort());
  });

  it('agree when they bring the same bytes', async () => {
    const [first, ...others] = await tasksOf(true);
    const same = [first!, ...others.map((task) => ({ ...task, source: first!.source }))];
    const outcomes = (await race(same)).map(outcomeOf).sort();
    assert.deepEqual(outcomes, [...Array<string>(promoters - 1).fill('already-promoted'), 'promoted']);
  });
});

describe('a promoter that dies', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('while it fetches leaves nothing in production, and the next one sweeps and succeeds', async () => {
    const { folder, state } = rig;
    const remotes = [rig.s3.remote('quobyte'), rig.s3.remote('damaged', rig.proxy.endpoint)];
    const file = await rig.scratch.file('Mortal.vrm', 5_000_000);
    const { place } = await rig.upload(file);
    const task = { folder, name: 'Mortal.vrm', exact: true, state };
    rig.proxy.fault = { kind: 'stall', after: 4_000_000 };
    const dying = new Promoter({ ...task, source: rig.at('Mortal.vrm', 'damaged') }, remotes);
    const staging = join(state, 'staging');
    for (let size = 0; size < 500_000;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [partial] = await readdir(staging).catch(() => []);
      size = partial === undefined ? 0 : (await stat(join(staging, partial))).size;
    }
    await dying.kill();
    assert.deepEqual(await readdir(folder), []);
    assert.match((await readdir(staging)).join(), /^\.Mortal\.vrm\.[^,]*\.partial$/);

    const next = new Promoter({ ...task, source: place }, remotes);
    await next.ready();
    const answer = (await next.go()) as PromotionOutcome;
    assert.equal(answer.outcome, 'promoted');
    assert.deepEqual(await readdir(staging), []);
    assert.deepEqual(await readFile(join(folder, 'Mortal.vrm')), await readFile(file));
    assert.deepEqual((await readdir(folder)).sort(), ['Mortal.vrm', 'Mortal.vrm.sha256']);
  });

  it('is not taken for one that lives, here or elsewhere', async () => {
    const { folder } = rig;
    const { host } = thisPromoter();
    const leave = async (name: string, daysAgo = 0): Promise<string> => {
      await writeFile(join(folder, name), 'half');
      const at = new Date(Date.now() - daysAgo * 24 * 3600 * 1000);
      await utimes(join(folder, name), at, at);
      return name;
    };
    const gone = 2 ** 22 - 1; // no process has it: Linux counts to that and starts again
    const swept = [
      await leave(partialName('dead.vrm', { host, pid: gone })),
      await leave(partialName('old.vrm', { host: 'elsewhere', pid: 1 }), 2),
    ];
    const kept = [
      await leave(partialName('alive.vrm', { host, pid: process.pid })),
      await leave(partialName('elsewhere.vrm', { host: 'elsewhere', pid: gone })),
      await leave('.other.partial', 9),
    ];
    assert.deepEqual((await new FolderTarget(folder).sweep()).toSorted(), swept.toSorted());
    assert.deepEqual((await readdir(folder)).sort(), kept.toSorted());
  });
});

describe('a folder', function () {
  this.timeout(30_000);
  const scratch = new Scratch();
  after(() => scratch.clean());

  before(async function () {
    const probe = await execa('unshare', ['-rm', 'true'], { reject: false });
    if (!probe.failed) return;
    skip(this, 'this machine lets nobody mount in a namespace of their own (unshare -rm)');
  });

  for (const [what, options, expected] of [
    ['mounted read-only', 'ro', 'production-read-only'],
    ['without room', 'size=1m', 'production-full'],
  ] as const) {
    it(`${what} is said to be so, and nothing is left in it`, async () => {
      const source = await scratch.file('Fine.vrm', 2_000_000);
      const folder = await scratch.folder();
      const state = await scratch.folder();
      const promoter = new Promoter({ source, folder, name: 'Fine.vrm', exact: true, state }, [], options);
      await promoter.ready();
      const answer = await promoter.go();
      assert.ok('code' in answer);
      assert.equal(answer.code, expected, answer.message);
      assert.deepEqual(answer.left, []);
    });
  }
});
