import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  isAbandoned,
  partialName,
  promoterOf,
  thisPromoter,
} from '../../../src/adapters/storage/partials.ts';
import { skip } from '../../support/skip.ts';

describe('names of partial files', () => {
  const self = thisPromoter();

  it('tell who writes them', () => {
    for (const name of ['Companion-A.vrm', 'a.b.1.c.partial', '雪'.repeat(60)]) {
      assert.deepEqual(promoterOf(partialName(name, self)), self);
    }
    for (const other of ['A.vrm', '.A.vrm', '.A.partial', 'A.host.1.partial', '.A.host.x.partial']) {
      assert.equal(promoterOf(other), null, other);
    }
  });

  it('tell a machine from its clone, which has its name and its number of processes', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells one start of a machine from another');
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    assert.ok(self.host.includes(`-${bootId.replaceAll('-', '').slice(0, 12)}-`), self.host);
  });

  it('fit a directory whatever the name, and are never the same', () => {
    const host = `${'h'.repeat(32)}-0123456789ab-4026531836`;
    for (const name of ['x'.repeat(255), '雪'.repeat(66), 'A.vrm']) {
      const partial = partialName(name, { host, pid: 4_194_304 });
      assert.ok(Buffer.byteLength(partial) <= 255);
      assert.ok(partial.startsWith(`.${name.slice(0, 3)}`));
      assert.notEqual(partial, partialName(name, { host, pid: 4_194_304 }));
    }
  });

  it('are abandoned when their process is gone, or after a day', () => {
    const now = 1e12;
    const minutes = 60_000;
    const gone = { host: self.host, pid: 2 ** 22 - 1 };
    assert.equal(isAbandoned(gone, now, now, self), true);
    assert.equal(isAbandoned(self, now - 60 * minutes, now, self), false);
    assert.equal(isAbandoned({ ...gone, host: 'elsewhere' }, now - 60 * minutes, now, self), false);
    assert.equal(isAbandoned({ ...gone, host: 'elsewhere' }, now - 1441 * minutes, now, self), true);
    assert.equal(isAbandoned(self, now - 1441 * minutes, now, self), true);
  });
});
