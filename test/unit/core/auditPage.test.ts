import assert from 'node:assert/strict';
import { type AuditLine, nextLine } from '../../../src/core/audit.ts';
import { auditPage } from '../../../src/core/auditPage.ts';

function chain(count: number): AuditLine[] {
  const lines: AuditLine[] = [];
  for (let n = 1; n <= count; n += 1) {
    const entry = { who: 'person me', where: 'here', what: `act ${n}`, digest: 'd', outcome: 'ok', ms: n };
    lines.push(
      nextLine(lines.at(-1), { ...entry, note: 'a | <b>' }, new Date(Date.UTC(2026, 0, 1, 0, 0, n))),
    );
  }
  return lines;
}

describe('the page of the audit log', () => {
  it('has a row for each line, newest first, with cells that are no markup', () => {
    const page = auditPage('/x/audit.jsonl', chain(2));
    assert.match(page, /^2 lines in .*The chain is whole/m);
    const rows = page.split('\n').filter((line) => line.startsWith('| 2026'));
    assert.deepEqual(rows, [
      '| 2026-01-01 00:00:02 | person me | here | act 2 | ok | 2 ms | a \\| \\<b\\> |',
      '| 2026-01-01 00:00:01 | person me | here | act 1 | ok | 1 ms | a \\| \\<b\\> |',
    ]);
  });

  it('says where the chain breaks', () => {
    const lines = chain(3).map((line, n) => (n === 1 ? { ...line, outcome: 'denied' } : line));
    assert.match(auditPage('/x', lines), /breaks at line 2/);
  });

  it('shows the last 200 of many, and says so of none', () => {
    const page = auditPage('/x', chain(201));
    assert.equal(page.split('\n').filter((line) => line.startsWith('| 2026')).length, 200);
    assert.match(page, /The last 200 are shown/);
    assert.match(auditPage('/x', []), /Nothing was recorded yet/);
  });
});
