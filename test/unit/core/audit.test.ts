import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '../../../src/adapters/auditLog.ts';
import { canonicalJson, firstBreak } from '../../../src/core/audit.ts';

const entry = { who: 'tester', where: 'here', what: 'create_object', digest: 'd', outcome: 'ok', ms: 1 };

describe('canonicalJson', () => {
  it('is the same for equal values, however their members are ordered', () => {
    assert.equal(
      canonicalJson({ b: [{ d: 1, c: 2 }], a: null }),
      canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }),
    );
  });
});

describe('the audit log', () => {
  let folder = '';
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'audit-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps its lines in order under many writers, each with the hash of the one before', async () => {
    const logs = [
      new AuditLog(join(folder, 'a', 'audit.jsonl')),
      new AuditLog(join(folder, 'a', 'audit.jsonl')),
    ];
    await Promise.all(Array.from({ length: 40 }, (_, ms) => logs[ms % 2]!.record({ ...entry, ms })));
    const lines = await logs[0]!.lines();
    assert.equal(lines.length, 40);
    assert.equal(firstBreak(lines), null);
  });

  it('shows the first line that was changed or taken away', async () => {
    const log = new AuditLog(join(folder, 'audit.jsonl'));
    for (const what of ['a', 'b', 'c']) await log.record({ ...entry, what });
    const lines = await log.lines();
    assert.equal(firstBreak(lines.filter(({ what }) => what !== 'b')), 2);
    assert.equal(
      firstBreak(lines.map((line) => (line.what === 'c' ? { ...line, outcome: 'denied' } : line))),
      3,
    );
  });

  it('is readable by its owner alone', async () => {
    const log = new AuditLog(join(folder, 'audit.jsonl'));
    await log.record(entry);
    assert.equal((await stat(log.file)).mode & 0o777, 0o600);
  });

  it('waits for a lock until its process can be taken for dead', async function () {
    this.timeout(60_000);
    const lock = join(folder, 'audit.jsonl.lock');
    await writeFile(lock, '');
    const soon = new Date(Date.now() - 6000); // stale in four seconds
    await utimes(lock, soon, soon);
    await new AuditLog(join(folder, 'audit.jsonl')).record(entry);
    assert.deepEqual(await readdir(folder), ['audit.jsonl']);
  });

  it('rejects when it cannot be written, so that nothing happens unseen', async () => {
    await writeFile(join(folder, 'file'), '');
    const log = new AuditLog(join(folder, 'file', 'audit.jsonl'));
    await assert.rejects(log.record(entry), { code: 'audit-failed' });
    assert.equal(await readFile(join(folder, 'file'), 'utf8'), '');
  });
});
