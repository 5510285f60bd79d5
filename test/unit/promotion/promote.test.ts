import assert from 'node:assert/strict';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import type { PromotionRequest } from '../../../src/core/promotion/plan.ts';
import type { Gate, Places, Source } from '../../../src/core/promotion/ports.ts';
import type { PromotionOutcome } from '../../../src/core/promotion/promote.ts';
import type { PromotionOptions } from '../../../src/core/promotion/wiring.ts';
import type { Finding } from '../../../src/core/vrm/finding.ts';
import { MemoryJournal } from '../../support/memoryJournal.ts';
import { FakeStaging, FakeTarget, fakeSource, finding, gateOf, hash, runFake, verdict } from './fakes.ts';

describe('promote', () => {
  let production: FakeTarget;
  let mirror: FakeTarget;
  let cdn: FakeTarget;
  let places: Places;
  let journal: MemoryJournal;
  let entries: AuditEntry[];
  const audit = {
    record: (entry: AuditEntry) => Promise.resolve(void entries.push(entry)),
  };
  const passing = gateOf(() => verdict());
  let staging: FakeStaging;

  beforeEach(() => {
    production = new FakeTarget();
    mirror = new FakeTarget('the mirror');
    cdn = new FakeTarget('the cdn');
    places = { production, mirror: null, cdn: null, publicUrl: null };
    entries = [];
    journal = new MemoryJournal();
    staging = new FakeStaging();
  });

  const run = (
    source: Source,
    request: Partial<PromotionRequest> = {},
    gate: Gate = passing,
    options: PromotionOptions = {},
  ): Promise<PromotionOutcome> =>
    runFake(source, { places, gate, register: null, audit, journal, staging }, request, options);
  const code = (expected: string) => (thrown: unknown) =>
    thrown instanceof ForgeError && thrown.code === expected;

  it('reads a source once that knows its hash, twice one that does not', async () => {
    for (const [digest, reads] of [
      [{ algorithm: 'sha256', hex: hash('avatar') } as const, 1],
      [{ algorithm: 'md5', hex: hash('avatar', 'md5') } as const, 1],
      [null, 2],
    ] as const) {
      production = new FakeTarget();
      places = { ...places, production };
      const source = fakeSource('avatar', { digest });
      const done = await run(source);
      assert.equal(source.reads, reads);
      assert.equal(done.sha256, hash('avatar'));
      assert.equal(production.files.get('A.vrm'), 'avatar');
      assert.equal(production.seals.get('A.vrm'), hash('avatar'));
      assert.equal(production.staged, 0);
    }
  });

  it('does nothing to bytes that are there under an older version', async () => {
    production.files.set('A.vrm', 'first').set('A-v2.vrm', 'second');
    const done = await run(fakeSource('first'));
    assert.deepEqual([done.outcome, done.name], ['already-promoted', 'A.vrm']);
    const byMd5 = await run(fakeSource('first', { digest: { algorithm: 'md5', hex: hash('first', 'md5') } }));
    assert.deepEqual([byMd5.outcome, byMd5.name], ['already-promoted', 'A.vrm']);
    assert.equal(production.files.size, 2);
  });

  it('refuses an exact name that others took between the look and the link', async () => {
    production.beforePublish = (name) => void production.files.set(name, 'theirs');
    await assert.rejects(run(fakeSource('mine'), { exact: true }), code('name-taken'));
    assert.equal(production.files.get('A.vrm'), 'theirs');
    assert.equal(production.staged, 0);
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['started', 'name-taken'],
    );
  });

  it('ends although the listing never shows what is taken', async () => {
    production.files.set('A.vrm', 'x').set('A-v2.vrm', 'y');
    production.hidden = ['A.vrm', 'A-v2.vrm'];
    assert.equal((await run(fakeSource('mine'))).name, 'A-v3.vrm');
    await assert.rejects(run(fakeSource('other'), { exact: true }), code('name-taken'));
    assert.equal((await run(fakeSource('x'), { exact: true })).outcome, 'already-promoted');
  });

  it('takes another name when the next ones go to faster promoters', async () => {
    let others = 3;
    production.beforePublish = (name) => {
      if (others-- > 0) production.files.set(name, `theirs ${others}`);
    };
    assert.equal((await run(fakeSource('mine'))).name, 'A-v4.vrm');
  });

  it('takes the name back when it reads back other bytes', async () => {
    const source = fakeSource('mine', { digest: { algorithm: 'sha256', hex: hash('mine') } });
    const digest = production.digest.bind(production);
    production.digest = () => Promise.resolve(hash('rotten'));
    production.holds = () => Promise.resolve(false);
    await assert.rejects(run(source), code('read-back-mismatch'));
    production.digest = digest;
    assert.equal(production.files.size, 0);
  });

  it('refuses bytes that are more, fewer or other than described', async () => {
    const digest = { algorithm: 'sha256', hex: hash('avatar') } as const;
    for (const text of ['avatars', 'avata', 'avatas', '']) {
      await assert.rejects(run(fakeSource(text, { digest, size: 6 })), code('source-mismatch'), text);
    }
    assert.equal(production.files.size, 0);
    assert.equal(production.staged, 0);
  });

  it('stops at errors of the gate and passes its warnings on', async () => {
    const judge = (severity: Finding['severity']): Gate =>
      gateOf((text) => verdict(...(text === 'avatar' ? [finding(severity)] : [])));
    await assert.rejects(run(fakeSource('avatar'), {}, judge('error')), (thrown) => {
      assert.ok(thrown instanceof ForgeError);
      assert.equal(thrown.code, 'gate-refused');
      assert.deepEqual(thrown.data, { findings: [finding('error')] });
      return true;
    });
    assert.deepEqual([production.files.size, production.staged], [0, 0]);
    assert.deepEqual((await run(fakeSource('avatar'), {}, judge('warning'))).findings, [finding('warning')]);
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['gate-refused', 'started', 'ok'],
    );
  });

  it('asks the gate again about the bytes that were copied', async () => {
    let asked = 0;
    const gate = gateOf(() => verdict(...(++asked === 2 ? [finding('error')] : [])));
    await assert.rejects(run(fakeSource('avatar'), {}, gate), code('gate-refused'));
    assert.deepEqual([asked, production.files.size, production.staged], [2, 0, 0]);
  });

  it('publishes nothing once it is cancelled', async () => {
    const cancel = new AbortController();
    const gate = gateOf(() => {
      cancel.abort();
      return verdict();
    });
    await assert.rejects(run(fakeSource('avatar'), {}, gate, { signal: cancel.signal }), code('cancelled'));
    assert.deepEqual([production.files.size, production.staged], [0, 0]);
  });

  it('brings the bytes to mirror and CDN under the same name, and once', async () => {
    places = { ...places, mirror, cdn };
    production.files.set('A.vrm', 'first');
    const done = await run(fakeSource('second'));
    assert.equal(done.name, 'A-v2.vrm');
    for (const target of [production, mirror, cdn]) {
      assert.equal(target.files.get('A-v2.vrm'), 'second');
      assert.equal(target.seals.get('A-v2.vrm'), hash('second'));
      assert.equal(target.staged, 0);
    }
    const states = (outcome: PromotionOutcome): unknown =>
      outcome.copies.map(({ role, state }) => [role, state]);
    assert.deepEqual(states(done), [
      ['production', 'published'],
      ['mirror', 'published'],
      ['cdn', 'published'],
    ]);
    cdn.files.delete('A-v2.vrm');
    assert.deepEqual(states(await run(fakeSource('second'))), [
      ['production', 'already-there'],
      ['mirror', 'already-there'],
      ['cdn', 'published'],
    ]);
    assert.deepEqual(done.leftOut, ['public-url', 'register']);
  });

  it('gives a name that is free everywhere, and no name that means other bytes somewhere', async () => {
    places = { ...places, mirror };
    mirror.files.set('A.vrm', 'other');
    await assert.rejects(run(fakeSource('mine'), { exact: true }), (thrown) => {
      assert.ok(code('name-taken')(thrown) && thrown instanceof ForgeError);
      return Reflect.get(Object(thrown.data), 'place') === 'the mirror';
    });
    assert.equal(production.files.size, 0);
    assert.equal((await run(fakeSource('mine'))).name, 'A-v2.vrm');
    assert.deepEqual([...mirror.files.keys()], ['A.vrm', 'A-v2.vrm']);
    // What the mirror has already needs production alone.
    mirror.files.set('B.vrm', 'mine, too');
    assert.equal((await run(fakeSource('mine, too'), { name: 'B' })).name, 'B.vrm');
  });

  it('says that production has it where a later copy fails, and goes on when it is run again', async () => {
    places = { ...places, mirror };
    mirror.beforePublish = () => {
      throw new ForgeError('storage-unreachable', 'It is down.', 'Wait.');
    };
    await assert.rejects(run(fakeSource('avatar')), (thrown) => {
      assert.ok(code('storage-unreachable')(thrown) && thrown instanceof ForgeError);
      assert.match(thrown.message, /^A\.vrm is published in memory, but/);
      assert.deepEqual(thrown.data, { published: 'A.vrm' });
      return true;
    });
    mirror.beforePublish = () => undefined;
    const done = await run(fakeSource('avatar'));
    assert.deepEqual([done.outcome, done.resumed, done.name], ['promoted', true, 'A.vrm']);
    assert.equal(mirror.files.get('A.vrm'), 'avatar');
    const again = await run(fakeSource('avatar'));
    assert.deepEqual([again.outcome, again.resumed], ['already-promoted', false]);
  });

  it('takes movements for what they are', async () => {
    const done = await run(fakeSource('idle', { name: 'Idle.vrma' }));
    assert.equal(done.name, 'Idle.vrma');
    assert.equal((await run(fakeSource('other', { name: 'Idle.vrma' }))).name, 'Idle-v2.vrma');
    assert.equal((await run(fakeSource('avatar'), { name: 'Idle' })).name, 'Idle.vrm');
  });

  it('reports every step, and bytes to the last', async () => {
    const seen: string[] = [];
    const done = await run(fakeSource('avatar'), {}, passing, {
      onProgress: ({ step, bytes, total }) => seen.push(`${step} ${bytes}/${total}`),
    });
    assert.deepEqual(seen, [
      'inspect 0/0',
      'fetch 0/6',
      'fetch 6/6',
      'check 0/0',
      'inspect 0/0',
      'copy 0/6',
      'copy 6/6',
      'compare 0/6',
      'check 0/0',
      'publish 0/0',
      'read-back 0/6',
      'seal 0/0',
    ]);
    assert.equal(done.steps.length, 7);
    const written = journal.entries.map((entry) =>
      'step' in entry ? `${entry.kind} ${entry.step}` : entry.kind,
    );
    assert.deepEqual(written, [
      'begin',
      'step inspect',
      'step copy',
      'step compare',
      'step check',
      'step publish',
      'done publish',
      'step read-back',
      'done read-back',
      'step seal',
      'done seal',
      'end',
    ]);
  });
});
