import assert from 'node:assert/strict';
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import type { PromotionPlan } from '../../src/core/promotion/plan.ts';
import type { Places, PromotionBytes, Target } from '../../src/core/promotion/ports.ts';
import { promote, type PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { inRig, type Rig } from './rig.ts';
import { code, openGate, sha256 } from './support.ts';

describe('a promotion that goes on after its export was lost', function () {
  this.timeout(120_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  /** From that plan, as the editor does it: with nothing but what the journal has. */
  async function carryOut(
    plan: PromotionPlan,
    places: Places,
    source: PromotionBytes,
  ): Promise<PromotionOutcome> {
    const journal = await new JournalFolder(rig.state).open(plan);
    const told = { journal, audit: rig.audit, who: 'test' };
    return promote(plan, { places, gate: openGate, register: null, source, ...told });
  }

  const losses: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ['overwritten', async (file) => writeFile(file, 'a newer export')],
    ['deleted', unlink],
  ];
  const mirrors: readonly (readonly [string, () => Promise<Target>])[] = [
    ['a bucket', () => Promise.resolve(rig.target('damaged:avatar-models'))],
    [
      'a folder',
      async () => {
        await mkdir(join(rig.folder, 'mirror'));
        return new FolderTarget(join(rig.folder, 'mirror'));
      },
    ],
  ];
  for (const [where, open] of mirrors) {
    for (const [how, lose] of losses) {
      it(`to ${where}, with production’s bytes: the export was ${how}`, async () => {
        const name = `Lost-${how}-${where.replace('a ', '')}.vrm`;
        const file = await rig.scratch.file(name, 2_000_000);
        const bytes = await readFile(file);
        const mirror = await open();
        const places = {
          production: new FolderTarget(rig.folder),
          mirror,
          cdn: rig.target('damaged:cdn'),
          publicUrl: null,
        };
        const staging = new StagingFolder(join(rig.state, 'staging'));
        const ports = { places, gate: openGate, register: null, staging, source: rig.source(file) };
        const draft = await draftPromotion({ exact: true, profile: 'none' }, ports);
        // Where the mirror is a folder, it is the CDN that breaks.
        rig.proxy.fault = { kind: 'cut', after: 1_000_000, way: 'up' };
        await assert.rejects(carryOut(draft.plan, places, draft.source), (thrown) => {
          assert.equal((thrown as { data?: { published?: string } }).data?.published, name);
          return true;
        });
        rig.proxy.fault = { kind: 'none', after: 0 };
        await lose(file);
        const [left] = await new JournalFolder(rig.state).unfinished();
        assert.ok(left?.plan);
        if (mirror instanceof FolderTarget) await unlink(join(mirror.place, name));
        const done = await carryOut(left.plan, places, rig.source(file));
        assert.deepEqual(
          [done.outcome, done.resumed, done.copies.map(({ state }) => state)],
          ['promoted', true, ['published', 'published', 'published']],
        );
        for (const target of [mirror, places.cdn])
          assert.equal(await target.digest(name, 'sha256'), sha256(bytes), target.place);
      });
    }
  }

  it('takes the export where production is a bucket, and production’s own file where the export is another', async () => {
    const file = await rig.scratch.file('Bucket.vrm', 2_000_000);
    const bytes = await readFile(file);
    const places = {
      production: rig.target('quobyte:avatar-models/bucket'),
      mirror: new FolderTarget(rig.folder),
      cdn: null,
      publicUrl: null,
    };
    const staging = new StagingFolder(join(rig.state, 'staging'));
    const ports = { places, gate: openGate, register: null, staging, source: rig.source(file) };
    const { plan, source } = await draftPromotion({ exact: true, profile: 'none' }, ports);
    const fetch = places.production.fetch.bind(places.production);
    let fetched = 0;
    places.production.fetch = (...asked) => {
      fetched++;
      return fetch(...asked);
    };
    await carryOut(plan, places, source);
    assert.equal(fetched, 0);
    await unlink(join(rig.folder, 'Bucket.vrm'));
    await writeFile(file, 'a newer export');
    const done = await carryOut(plan, places, source);
    assert.equal(fetched, 1);
    assert.equal(done.copies[1]?.state, 'published');
    assert.deepEqual(await readFile(join(rig.folder, 'Bucket.vrm')), bytes);
  });

  it('gives no name to a copy that is not what was planned', async () => {
    const file = await rig.scratch.file('Rotten.vrm');
    const mirror = rig.target('quobyte:avatar-models');
    const production = new FolderTarget(rig.folder);
    production.fetch = async () => {
      const path = await rig.scratch.file('Rotten.vrm');
      return { path, discard: () => Promise.resolve() };
    };
    const folder = new FolderTarget(await rig.scratch.folder());
    for (const target of [mirror, folder]) {
      await assert.rejects(rig.run(file, { production, mirror: target }), code('copy-mismatch'));
      assert.ok(!(await target.names()).includes('Rotten.vrm'));
    }
  });
});
