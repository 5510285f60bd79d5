import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { FolderTarget } from '../../../src/adapters/storage/folder.ts';
import { folderError } from '../../../src/adapters/storage/folderErrors.ts';
import { partialName } from '../../../src/adapters/storage/partials.ts';

describe('a folder of production', () => {
  it('is full where a quota is used up, for which Node has a number and no name', () => {
    const errno = -constants.errno.EDQUOT;
    const code = getSystemErrorName(errno);
    assert.doesNotMatch(code, /EDQUOT/);
    const thrown = Object.assign(new Error(`${code}: ${code}, write`), { errno, code, syscall: 'write' });
    assert.equal(folderError(thrown, '/models').code, 'production-full');
  });

  it('has no hard links only where link(2) says so', () => {
    for (const [code, syscall, expected] of [
      ['EPERM', 'link', 'production-no-links'],
      ['ENOTSUP', 'link', 'production-no-links'],
      ['EPERM', 'open', 'production-read-only'],
      ['ENOSYS', 'fsync', 'production-failed'],
      ['EROFS', 'link', 'production-read-only'],
    ] as const) {
      const thrown = Object.assign(new Error(`${code}, ${syscall}`), { code, syscall });
      assert.equal(folderError(thrown, '/models').code, expected, thrown.message);
    }
  });

  it('is swept by the clock that its files have their times from, whatever the clock here says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-folder-'));
    const here = Date.now;
    const day = 24 * 3600 * 1000;
    try {
      const alive = partialName('alive.vrm', { host: 'elsewhere', pid: 1 });
      const left = partialName('left.vrm', { host: 'elsewhere', pid: 1 });
      for (const name of [alive, left]) await writeFile(join(folder, name), 'half');
      const before = new Date(Date.now() - 2 * day);
      await utimes(join(folder, left), before, before);
      Date.now = () => here() + 2 * day;
      assert.deepEqual(await new FolderTarget(folder).sweep(), [left]);
      assert.deepEqual(await readdir(folder), [alive]);
    } finally {
      Date.now = here;
      await rm(folder, { recursive: true });
    }
  });
});
