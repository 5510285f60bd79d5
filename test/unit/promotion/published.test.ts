import assert from 'node:assert/strict';
import { ForgeError } from '../../../src/core/errors.ts';
import {
  emptyJournal,
  follow,
  isUnfinished,
  type JournalEntry,
} from '../../../src/core/promotion/journal.ts';
import type { Places, Source } from '../../../src/core/promotion/ports.ts';
import type { PromotionOutcome } from '../../../src/core/promotion/promote.ts';
import type { PromotionOptions } from '../../../src/core/promotion/wiring.ts';
import { MemoryJournal } from '../../support/memoryJournal.ts';
import { samplePlan } from '../extension/samplePlan.ts';
import { FakeStaging, FakeTarget, fakeSource, finding, gateOf, hash, runFake, verdict } from './fakes.ts';

const broken = (code: string): ForgeError => new ForgeError(code, 'It broke.', 'Mend it.');

/** Fails at one line, and only there. */
class FailingJournal extends MemoryJournal {
  readonly #fails: (entry: JournalEntry) => boolean;

  constructor(fails: (entry: JournalEntry) => boolean) {
    super();
    this.#fails = fails;
  }

  override append(entry: JournalEntry): Promise<void> {
    return this.#fails(entry) ? Promise.reject(broken('journal-failed')) : super.append(entry);
  }
}

describe('a promotion that fails', () => {
  let production: FakeTarget;
  let mirror: FakeTarget;
  let places: Places;
  let journal: MemoryJournal;
  let outcomes: string[];
  /** At which line the audit cannot be written. */
  let auditFails: (outcome: string) => boolean;
  let gate = gateOf(() => verdict());
  beforeEach(() => {
    production = new FakeTarget();
    mirror = new FakeTarget('the mirror');
    places = { production, mirror: null, cdn: null, publicUrl: null };
    journal = new MemoryJournal();
    outcomes = [];
    auditFails = () => false;
    gate = gateOf(() => verdict());
  });

  const audit = {
    record: ({ outcome }: { readonly outcome: string }): Promise<void> =>
      auditFails(outcome)
        ? Promise.reject(broken('audit-failed'))
        : Promise.resolve(void outcomes.push(outcome)),
  };
  const run = (source: Source, options: PromotionOptions = {}, exact = false): Promise<PromotionOutcome> =>
    runFake(
      source,
      { places, gate, register: null, audit, journal, staging: new FakeStaging() },
      { exact },
      options,
    );
  const fails = async (code: string, options: PromotionOptions = {}, exact = false): Promise<ForgeError> => {
    const thrown = await run(fakeSource('mine'), options, exact).then(
      () => null,
      (one: unknown) => one,
    );
    assert.ok(thrown instanceof ForgeError, 'it did not fail');
    assert.equal(thrown.code, code);
    return thrown;
  };
  const isDone = (entry: JournalEntry, step: string): boolean => entry.kind === 'done' && entry.step === step;

  describe('once the file has its name', () => {
    const told = ({ message, data }: ForgeError): void => {
      assert.equal(production.files.get('A.vrm'), 'mine');
      assert.match(message, /^A\.vrm is published in memory, but the promotion did not end: It broke\./);
      assert.deepEqual(data, { published: 'A.vrm' });
    };

    it('says that production has it, whichever line of the journal cannot be written', async () => {
      for (const entry of ['publish', 'read-back', 'seal']) {
        production.files.clear();
        journal = new FailingJournal((one) => isDone(one, entry));
        told(await fails('journal-failed'));
      }
      production.files.clear();
      journal = new FailingJournal(({ kind }) => kind === 'end');
      told(await fails('journal-failed'));
    });

    it('says so where it cannot be read back, or sealed', async () => {
      production.seal = () => Promise.reject(broken('seal-differs'));
      told(await fails('seal-differs'));
      production.files.clear();
      production.digest = () => Promise.reject(broken('storage-unreachable'));
      told(await fails('storage-unreachable'));
    });

    it('says nothing of the kind where the name was taken back', async () => {
      production.digest = () => Promise.resolve(hash('rotten'));
      const { message, data } = await fails('read-back-mismatch');
      assert.match(message, /the name was taken back/);
      assert.equal(data, undefined);
      assert.equal(production.files.size, 0);
    });

    it('says so where the audit cannot be written, and goes on from there', async () => {
      auditFails = (outcome) => outcome !== 'started';
      told(await fails('audit-failed'));
      assert.ok(isUnfinished(journal.state));
      auditFails = () => false;
      const done = await run(fakeSource('mine'));
      assert.deepEqual([done.outcome, done.resumed], ['promoted', true]);
      assert.deepEqual(outcomes, ['started', 'started', 'ok']);
    });

    it('says so where it is cancelled while it is read back', async () => {
      const cancel = new AbortController();
      let heard: AbortSignal | undefined;
      const stage = production.stage.bind(production);
      production.stage = async (name, bytes) => ({
        ...(await stage(name, bytes)),
        readBack: (_name, transfer) => {
          heard = transfer?.signal;
          cancel.abort();
          return Promise.reject(new ForgeError('cancelled', 'It broke.', 'Again.'));
        },
      });
      told(await fails('cancelled', { signal: cancel.signal }));
      assert.equal(heard?.aborted, true);
      assert.ok(isUnfinished(journal.state));
    });
  });

  it('changes nothing where the audit cannot be written', async () => {
    auditFails = () => true;
    await fails('audit-failed');
    assert.deepEqual([production.files.size, production.staged], [0, 0]);
    assert.ok(!isUnfinished(journal.state));
  });

  it('tells its first error, whatever cannot be written of it', async () => {
    auditFails = (outcome) => outcome !== 'started';
    production.files.set('A.vrm', 'theirs');
    await fails('name-taken', {}, true);
    gate = gateOf(() => verdict(finding('error')));
    await fails('gate-refused');
  });

  it('for good before anything is published leaves nothing to go on with', async () => {
    const begun = (): readonly string[] => journal.entries.map(({ kind }) => kind);
    let judged = 0;
    const cancel = new AbortController();
    const refuseCopied = gateOf(() => verdict(...(++judged === 2 ? [finding('error')] : [])));
    const cancelCopied = gateOf(() => {
      if (++judged === 2) cancel.abort();
      return verdict();
    });
    for (const [code, end] of [
      ['gate-refused', () => (gate = refuseCopied)],
      ['cancelled', () => (gate = cancelCopied)],
      ['name-taken', () => (production.beforePublish = (name) => production.files.set(name, 'theirs'))],
    ] as const) {
      journal = new MemoryJournal();
      gate = gateOf(() => verdict());
      judged = 0;
      end();
      await fails(code, code === 'cancelled' ? { signal: cancel.signal } : {}, true);
      assert.ok(begun().includes('begin') && begun().at(-1) === 'abandon', `${code}: ${begun().join(' ')}`);
      assert.ok(!isUnfinished(journal.state), code);
    }
    production.beforePublish = () => undefined;
    production.files.clear();
    gate = gateOf(() => verdict());
    const done = await run(fakeSource('mine'));
    assert.deepEqual([done.outcome, done.resumed], ['promoted', false]);
  });

  it('beside another run of it takes nothing from what that one can go on with', () => {
    const at = '2026-01-01T00:00:00Z';
    const published: JournalEntry = { kind: 'done', at, step: 'publish', name: 'A.vrm' };
    const abandon: JournalEntry = { kind: 'abandon', at };
    const step: JournalEntry = { kind: 'step', at, step: 'mirror' };
    const begun = { ...emptyJournal, plan: samplePlan };
    for (const lines of [
      [published, abandon],
      [abandon, published],
      [abandon, step],
    ])
      assert.ok(isUnfinished(lines.reduce(follow, begun)), JSON.stringify(lines));
    assert.ok(!isUnfinished([step, abandon].reduce(follow, begun)));
  });

  it('by a broken network, or once production has it, is there to go on with', async () => {
    production.beforePublish = () => {
      throw broken('storage-unreachable');
    };
    await fails('storage-unreachable');
    assert.ok(isUnfinished(journal.state));

    production.beforePublish = () => undefined;
    places = { ...places, mirror };
    mirror.beforePublish = () => {
      throw broken('cancelled');
    };
    await fails('cancelled');
    assert.ok(isUnfinished(journal.state));
  });
});

describe('a model that production has', () => {
  const digest = { algorithm: 'sha256', hex: hash('mute') } as const;
  const audit = { record: () => Promise.resolve() };
  const others = () => ({ register: null, journal: new MemoryJournal(), staging: new FakeStaging() });

  it('is judged before it is copied on, by whatever profile it came there', async () => {
    const production = new FakeTarget();
    const cdn = new FakeTarget('the cdn');
    const places = { production, mirror: null, cdn, publicUrl: null };
    production.files.set('A.vrm', 'mute');
    const judged: string[] = [];
    const gate = {
      ...gateOf(() => verdict()),
      check: (text: string, profile: string) => {
        judged.push(`${text} by ${profile}`);
        return Promise.resolve(verdict(finding(profile === 'app' ? 'error' : 'warning')));
      },
    };
    const source = fakeSource('mute', { digest });
    const ports = { ...others(), places, gate, audit };
    await assert.rejects(runFake(source, ports, { profile: 'app' }), { code: 'gate-refused' });
    assert.equal(cdn.files.size, 0);
    const done = await runFake(source, ports, { profile: 'none' });
    assert.deepEqual(done.findings, [finding('warning')]);
    assert.equal(cdn.files.get('A.vrm'), 'mute');
    assert.deepEqual(judged, ['mute by app', 'mute by none']);
  });

  it('is judged, too, where it came there since the plan was made for a name that others had', async () => {
    const production = new FakeTarget();
    const places = { production, mirror: null, cdn: null, publicUrl: null };
    production.files.set('A.vrm', 'theirs');
    const audit = {
      record: () => {
        production.files.set('A.vrm', 'mute');
        return Promise.resolve();
      },
    };
    const gate = gateOf(() => verdict(finding('error')));
    const ports = { ...others(), places, gate, audit };
    await assert.rejects(runFake(fakeSource('mute', { digest }), ports, { exact: true }), {
      code: 'gate-refused',
    });
    assert.equal(production.seals.size, 0);
  });
});
