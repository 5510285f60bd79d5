import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppCheckout } from '../../src/adapters/register/checkout.ts';
import { partialName, thisPromoter } from '../../src/adapters/storage/partials.ts';
import { CompanionApp } from '../support/companionApp.ts';

const goFile = 'internal/database/database.go';
const jsFile = 'static/js/avatar.js';

describe('a checkout of the companion app', () => {
  let app: CompanionApp;
  beforeEach(async () => {
    app = await CompanionApp.copy();
  });
  afterEach(() => app.remove());

  const planned = (checkout: AppCheckout) => checkout.edits({ kind: 'register', name: 'Companion-A.vrm' });

  it('keeps modes and links, and leaves nothing beside its files', async () => {
    const real = join(app.folder, 'static/real.js');
    const link = join(app.folder, jsFile);
    await writeFile(real, await readFile(link));
    await unlink(link);
    await symlink('../real.js', link);
    await chmod(real, 0o640);
    const checkout = new AppCheckout(app.folder);
    await checkout.apply(await planned(checkout));
    assert.match(await readFile(real, 'utf8'), /Companion-A/);
    assert.equal((await stat(real)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(join(app.folder, 'internal/database')), [
      'database.go',
      'database_test.go',
    ]);
  });

  it('is swept of what a register that died has left, and keeps what another is at', async () => {
    const folder = join(app.folder, 'static/js');
    const before = await readdir(folder);
    const { host, pid } = thisPromoter();
    const gone = 2 ** 22 - 1; // no process has it: Linux counts to that and starts again
    const alive = partialName('avatar.js', { host, pid });
    const other = partialName('other.js', { host, pid: gone });
    for (const name of [partialName('avatar.js', { host, pid: gone }), alive, other])
      await writeFile(join(folder, name), 'half');
    const checkout = new AppCheckout(app.folder);
    await checkout.apply(await planned(checkout));
    assert.deepEqual((await readdir(folder)).sort(), [...before, alive, other].sort());
  });

  it('is not written over what somebody else wrote meanwhile', async () => {
    const checkout = new AppCheckout(app.folder);
    const plan = await planned(checkout);
    await writeFile(join(app.folder, jsFile), 'export const AVATAR_MODELS = [];\n');
    await assert.rejects(checkout.apply(plan), { code: 'register-changed' });
    assert.doesNotMatch(await readFile(join(app.folder, goFile), 'utf8'), /Companion-A/);
  });

  it('is as it was where the second file cannot be written', async () => {
    const checkout = new AppCheckout(app.folder);
    const plan = await planned(checkout);
    const before = await readFile(join(app.folder, goFile));
    await chmod(join(app.folder, 'static/js'), 0o555);
    for (const folder of [app.folder, join(app.folder, 'internal/database')]) await chmod(folder, 0o777);
    const isRoot = process.geteuid?.() === 0; // who may write everywhere
    if (isRoot) process.seteuid?.(65534);
    try {
      await assert.rejects(checkout.apply(plan), { code: 'register-failed' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    await chmod(join(app.folder, 'static/js'), 0o755);
    assert.deepEqual(await readFile(join(app.folder, goFile)), before);
    assert.deepEqual(await readdir(join(app.folder, 'internal/database')), [
      'database.go',
      'database_test.go',
    ]);
  });
});
