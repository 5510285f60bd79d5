import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import type { Gate } from '../../src/core/promotion/ports.ts';
import { skip } from '../support/skip.ts';
import { inRig, type Rig } from './rig.ts';
import { code, sha256 } from './support.ts';

describe('promotion from S3 to a folder', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('publishes the very bytes, read-only, with their sha256 beside them', async () => {
    const file = await rig.scratch.file('Companion-A.vrm', 3_000_000);
    const uploaded = await rig.upload(file);
    const done = await rig.run(uploaded.place);
    assert.equal(done.outcome, 'promoted');
    assert.equal(done.name, 'Companion-A.vrm');
    assert.equal(done.sha256, sha256(await readFile(file)));
    assert.equal(done.sha256, uploaded.sha256);
    assert.deepEqual(await readFile(join(rig.folder, done.name)), await readFile(file));
    assert.equal((await stat(join(rig.folder, done.name))).mode & 0o777, 0o444);
    assert.equal(
      await readFile(join(rig.folder, 'Companion-A.vrm.sha256'), 'utf8'),
      `${done.sha256}  Companion-A.vrm\n`,
    );
    assert.deepEqual((await readdir(rig.folder)).sort(), ['Companion-A.vrm', 'Companion-A.vrm.sha256']);
    assert.deepEqual(
      done.steps.map(({ step }) => step),
      ['inspect', 'copy', 'compare', 'check', 'publish', 'read-back', 'seal'],
    );
    const line = {
      who: 'test',
      where: rig.folder,
      what: 'promote',
      digest: done.sha256,
      ms: 0,
      note: `${uploaded.place} → Companion-A.vrm`,
    };
    assert.deepEqual(
      rig.audit.entries.map((entry) => ({ ...entry, ms: 0 })),
      [
        { ...line, outcome: 'started' },
        { ...line, outcome: 'ok' },
      ],
    );
  });

  it('says that the same bytes are there already, copying nothing', async () => {
    const { place } = await rig.upload(await rig.scratch.file('Twice.vrm'));
    await rig.run(place);
    const before = await stat(join(rig.folder, 'Twice.vrm'));
    const done = await rig.run(place);
    assert.equal(done.outcome, 'already-promoted');
    assert.ok(!done.steps.some(({ step }) => step === 'copy'));
    assert.equal((await stat(join(rig.folder, 'Twice.vrm'))).ino, before.ino);
  });

  it('refuses other bytes under a taken name and leaves the file as it is', async () => {
    const { place } = await rig.upload(await rig.scratch.file('Taken.vrm'));
    const first = await rig.run(place);
    await rig.upload(await rig.scratch.file('Taken.vrm'));
    await assert.rejects(rig.run(place), code('name-taken'));
    assert.equal(sha256(await readFile(join(rig.folder, 'Taken.vrm'))), first.sha256);
    assert.deepEqual((await readdir(rig.folder)).sort(), ['Taken.vrm', 'Taken.vrm.sha256']);
    assert.equal(rig.audit.entries.at(-1)?.outcome, 'name-taken');
  });

  it('moves on to the next version without --exact', async () => {
    const { place } = await rig.upload(await rig.scratch.file('Moving.vrm'));
    const first = await rig.run(place, { exact: false });
    await rig.upload(await rig.scratch.file('Moving.vrm'));
    const second = await rig.run(place, { exact: false });
    const third = await rig.run(place, { exact: false });
    assert.deepEqual([first.name, second.name, third.name], ['Moving.vrm', 'Moving-v2.vrm', 'Moving-v2.vrm']);
    assert.equal(third.outcome, 'already-promoted');
  });

  it('lets the gate judge the staged bytes, and stops at its errors', async () => {
    const file = await rig.scratch.file('Judged.vrm');
    let judged = '';
    const gate: Gate = {
      check: async (path) => {
        judged = sha256(await readFile(path));
        assert.deepEqual(await new FolderTarget(rig.folder).names(), []);
        const finding = { code: 'no-head', message: 'No head.', next: 'Add one.', where: {}, spec: null };
        return { findings: [{ ...finding, severity: 'error' }], summary: null };
      },
      summarise: () => Promise.resolve(null),
    };
    await assert.rejects(rig.run(file, { gate }), code('gate-refused'));
    assert.equal(judged, sha256(await readFile(file)));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('refuses bad names before it looks at anything', async () => {
    const file = await rig.scratch.file('Fine.vrm');
    for (const name of [
      '../x.vrm',
      'a/b.vrm',
      '.hidden.vrm',
      'tab\t.vrm',
      `${'x'.repeat(201)}.vrm`,
      'Cоmpanion.vrm',
    ]) {
      await assert.rejects(rig.run(file, { name }), code('bad-name'), name);
    }
    await rig.run(file, { name: 'Companion-A' });
    await assert.rejects(
      rig.run(await rig.scratch.file('x.vrm'), { name: 'companion-a' }),
      code('name-looks-alike'),
    );
  });

  it('says so when the folder is missing or a file, or has something else in the seal', async () => {
    const file = await rig.scratch.file('Fine.vrm');
    const production = rig.folder;
    rig.folder = join(production, 'not-mounted');
    await assert.rejects(rig.run(file), code('production-missing'));
    rig.folder = file;
    await assert.rejects(rig.run(file), code('production-missing'));
    rig.folder = production;
    await writeFile(join(rig.folder, 'Fine.vrm.sha256'), 'something else');
    await assert.rejects(rig.run(file), code('seal-differs'));
    assert.deepEqual(await readdir(rig.folder), ['Fine.vrm.sha256'], 'nothing was published');
  });

  it('gives no name again whose file was taken away, but to the same bytes', async () => {
    const [first, second] = [await rig.scratch.file('Gone.vrm'), await rig.scratch.file('Gone.vrm')];
    await rig.run(first);
    await unlink(join(rig.folder, 'Gone.vrm'));
    await assert.rejects(rig.run(second), code('seal-differs'));
    assert.ok(!(await readdir(rig.folder)).includes('Gone.vrm'));
    assert.equal((await rig.run(first)).outcome, 'promoted');
  });

  it('writes the seal that a crash left out', async () => {
    const file = await rig.scratch.file('Unsealed.vrm');
    await writeFile(join(rig.folder, 'Unsealed.vrm'), await readFile(file));
    assert.equal((await rig.run(file)).outcome, 'already-promoted');
    assert.ok((await readdir(rig.folder)).includes('Unsealed.vrm.sha256'));
  });

  it('makes read-only what another program put there, or says why it cannot', async function () {
    const file = await rig.scratch.file('Copied.vrm');
    const copied = join(rig.folder, 'Copied.vrm');
    await writeFile(copied, await readFile(file), { mode: 0o644 });
    assert.equal((await rig.run(file)).outcome, 'already-promoted');
    assert.equal((await stat(copied)).mode & 0o777, 0o444);

    if (process.getuid?.() !== 0) skip(this, 'only root can make a file that is somebody else’s');
    await chmod(copied, 0o644);
    await chmod(rig.folder, 0o777);
    process.seteuid?.(65534);
    try {
      await assert.rejects(
        new FolderTarget(rig.folder).seal('Copied.vrm', sha256(await readFile(copied))),
        code('mode-differs'),
      );
    } finally {
      process.seteuid?.(0);
    }
  });

  it('gives no name that a folder has', async () => {
    await mkdir(join(rig.folder, 'Folder.vrm'));
    await assert.rejects(rig.run(await rig.scratch.file('Folder.vrm')), code('production-failed'));
    const done = await rig.run(await rig.scratch.file('Folder.vrm'), { exact: false });
    assert.equal(done.name, 'Folder-v2.vrm');
  });
});
