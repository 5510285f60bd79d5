import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { planPromotion, type PromotionRequest } from '../../../src/core/promotion/plan.ts';
import type { Digest, Gate, Production, Source, Staged } from '../../../src/core/promotion/ports.ts';
import {
  promote,
  type PromotionOptions,
  type PromotionOutcome,
  rehearse,
} from '../../../src/core/promotion/promote.ts';
import type { Finding } from '../../../src/core/vrm/finding.ts';

const hash = (text: string, algorithm: Digest['algorithm'] = 'sha256'): string =>
  createHash(algorithm).update(text).digest('hex');

/** A production in memory; `beforePublish` is what others do between a look and a name. */
class FakeProduction implements Production {
  readonly place = 'memory';
  readonly files = new Map<string, string>();
  readonly seals = new Map<string, string>();
  staged = 0;
  beforePublish: (name: string) => void = () => undefined;
  /** Names a stale listing does not show. */
  hidden: readonly string[] = [];

  names(): Promise<string[]> {
    return Promise.resolve([...this.files.keys()].filter((name) => !this.hidden.includes(name)));
  }

  size(name: string): Promise<number> {
    return Promise.resolve(this.#at(name).length);
  }

  digest(name: string, algorithm: Digest['algorithm']): Promise<string> {
    return Promise.resolve(hash(this.#at(name), algorithm));
  }

  async stage(_name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    let text = '';
    for await (const chunk of bytes) text += Buffer.from(chunk).toString();
    this.staged++;
    return {
      path: text,
      publish: (name) => {
        this.beforePublish(name);
        if (this.files.has(name)) return Promise.resolve('taken');
        this.files.set(name, text);
        return Promise.resolve('published');
      },
      withdraw: (name) => {
        this.files.delete(name);
        return Promise.resolve();
      },
      discard: () => {
        this.staged--;
        return Promise.resolve();
      },
    };
  }

  seal(name: string, sha256: string): Promise<void> {
    return Promise.resolve(void this.seals.set(name, sha256));
  }

  sweep(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  #at(name: string): string {
    const text = this.files.get(name);
    assert.ok(text !== undefined, name);
    return text;
  }
}

function fakeSource(
  text: string,
  described: { digest?: Digest | null; size?: number } = {},
): Source & { reads: number } {
  return {
    place: 'fake:A.vrm',
    reads: 0,
    inspect() {
      const { digest = null, size = text.length } = described;
      return Promise.resolve({ name: 'A.vrm', size, digest });
    },
    async *read() {
      this.reads++;
      for (const character of text) yield await Promise.resolve(Buffer.from(character));
    },
  };
}

const finding = (severity: Finding['severity']): Finding => ({
  code: 'some-rule',
  severity,
  message: 'It is so.',
  next: 'Mend it.',
  where: {},
  spec: null,
});

describe('promote', () => {
  let production: FakeProduction;
  let entries: AuditEntry[];
  const audit = {
    record: (entry: AuditEntry) => Promise.resolve(void entries.push(entry)),
  };
  const passing: Gate = { check: () => Promise.resolve([]) };

  beforeEach(() => {
    production = new FakeProduction();
    entries = [];
  });

  async function run(
    source: Source,
    request: Partial<PromotionRequest> = {},
    gate: Gate = passing,
    options: PromotionOptions = {},
  ): Promise<PromotionOutcome> {
    const plan = await planPromotion({ exact: false, profile: 'none', ...request }, { source, production });
    return promote(plan, { source, production, gate, audit, who: 'me' }, options);
  }
  const code = (expected: string) => (thrown: unknown) =>
    thrown instanceof ForgeError && thrown.code === expected;

  it('reads a source once that knows its hash, twice one that does not', async () => {
    for (const [digest, reads] of [
      [{ algorithm: 'sha256', hex: hash('avatar') } as const, 1],
      [{ algorithm: 'md5', hex: hash('avatar', 'md5') } as const, 1],
      [null, 2],
    ] as const) {
      production = new FakeProduction();
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
      ['name-taken'],
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
    const judge = (severity: Finding['severity']): Gate => ({
      check: (path) => Promise.resolve(path === 'avatar' ? [finding(severity)] : []),
    });
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
      ['gate-refused', 'ok'],
    );
  });

  it('publishes nothing once it is cancelled', async () => {
    const cancel = new AbortController();
    const gate: Gate = {
      check: () => {
        cancel.abort();
        return Promise.resolve([]);
      },
    };
    await assert.rejects(run(fakeSource('avatar'), {}, gate, { signal: cancel.signal }), code('cancelled'));
    assert.deepEqual([production.files.size, production.staged], [0, 0]);
  });

  it('plans without changing anything, and says what it expects', async () => {
    const expected = async (request: Partial<PromotionRequest>, text = 'avatar'): Promise<unknown> => {
      const full = { exact: false, profile: 'none', ...request } as const;
      return (await planPromotion(full, { source: fakeSource(text), production })).expected;
    };
    assert.deepEqual(await expected({}), { state: 'free', name: 'A.vrm' });
    production.files.set('A.vrm', 'avatar');
    assert.deepEqual(await expected({ exact: true }), { state: 'same', name: 'A.vrm' });
    assert.deepEqual(await expected({}, 'other'), { state: 'free', name: 'A-v2.vrm' });
    assert.deepEqual(await expected({ exact: true }, 'other'), { state: 'taken', name: 'A.vrm' });
    assert.deepEqual(await expected({ name: 'B' }), { state: 'free', name: 'B.vrm' });
    await assert.rejects(expected({ name: 'a' }), code('name-looks-alike'));
    assert.deepEqual([...production.files.keys()], ['A.vrm']);
    assert.deepEqual(entries, []);
  });

  it('rehearses on a copy elsewhere', async () => {
    production.files.set('A.vrm', 'theirs');
    const scratch = new FakeProduction();
    const source = fakeSource('mine');
    const plan = await planPromotion({ exact: true, profile: 'none' }, { source, production });
    const gate: Gate = { check: () => Promise.resolve([finding('warning')]) };
    const found = await rehearse(plan, { source, production, gate, scratch });
    assert.deepEqual(found.expected, { state: 'taken', name: 'A.vrm' });
    assert.deepEqual(found.findings, [finding('warning')]);
    assert.deepEqual([scratch.staged, scratch.files.size, production.files.size], [0, 0, 1]);
  });

  it('reports every step, and bytes to the last', async () => {
    const seen: string[] = [];
    const done = await run(fakeSource('avatar'), {}, passing, {
      onProgress: ({ step, bytes, total }) => seen.push(`${step} ${bytes}/${total}`),
    });
    assert.deepEqual(seen, [
      'inspect 0/0',
      'copy 0/6',
      'copy 6/6',
      'compare 0/0',
      'check 0/0',
      'publish 0/0',
      'read-back 0/0',
      'seal 0/0',
    ]);
    assert.equal(done.steps.length, 7);
  });
});
