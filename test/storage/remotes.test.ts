import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { HttpPublicUrl } from '../../src/adapters/storage/publicUrl.ts';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { RemoteTarget } from '../../src/adapters/storage/remoteTarget.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { skip } from '../support/skip.ts';
import { startSwift, swiftMissing, type SwiftServer } from '../support/swift.ts';
import { inRig, Rig } from './rig.ts';
import { code, sha256, testRclone } from './support.ts';

describe('promotion to mirror and CDN', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });
  const served = (bucket: string) => new HttpPublicUrl(rig.s3.publicUrl(bucket, ''));

  it('writes every copy with type, cache headers and sha256, and compares what everybody is served', async () => {
    const file = await rig.scratch.file('Companion-A.vrm', 3_000_000);
    const bytes = await readFile(file);
    const { place } = await rig.upload(file);
    const mirror = rig.target('quobyte:avatar-models');
    const cdn = rig.target('quobyte:cdn');
    const seen: string[] = [];
    const done = await rig.run(place, {
      mirror,
      cdn,
      publicUrl: served('cdn'),
      onProgress: ({ step, bytes: count, total }) => {
        if (count === total && total > 0) seen.push(step);
      },
    });
    assert.deepEqual(
      done.copies.map(({ role, guarantee, state }) => [role, guarantee, state]),
      [
        ['production', 'link', 'published'],
        ['mirror', 'conditional-put', 'published'],
        ['cdn', 'conditional-put', 'published'],
      ],
    );
    assert.deepEqual(done.served, {
      url: rig.s3.publicUrl('cdn', 'Companion-A.vrm'),
      status: 200,
      contentType: 'model/gltf-binary',
      cacheControl: 'public, max-age=31536000, immutable',
      size: 3_000_000,
    });
    for (const step of ['fetch', 'copy', 'compare', 'mirror', 'cdn', 'cdn-check'])
      assert.ok(seen.includes(step), step);
    for (const bucket of ['avatar-models', 'cdn']) {
      const found = await rig.rclone.stat(parseRemotePath(`quobyte:${bucket}/Companion-A.vrm`));
      assert.deepEqual(
        [found.size, found.sha256, found.mime, found.cacheControl],
        [3_000_000, sha256(bytes), 'model/gltf-binary', 'public, max-age=31536000, immutable'],
      );
      assert.equal(await rig.target(`quobyte:${bucket}`).digest('Companion-A.vrm', 'sha256'), sha256(bytes));
      assert.deepEqual(await rig.target(`quobyte:${bucket}`).names(), ['Companion-A.vrm']);
    }
    const again = await rig.run(place, { mirror, cdn, publicUrl: served('cdn') });
    assert.deepEqual(
      again.copies.map(({ state }) => state),
      ['already-there', 'already-there', 'already-there'],
    );
  });

  it('publishes in a bucket as production, and never twice', async () => {
    const production = rig.target('quobyte:avatar-models/only');
    const first = await rig.run(await rig.scratch.file('B.vrm'), { production });
    assert.deepEqual([first.outcome, first.place], ['promoted', 'quobyte:avatar-models/only']);
    await assert.rejects(rig.run(await rig.scratch.file('B.vrm'), { production }), code('name-taken'));
    const next = await rig.run(await rig.scratch.file('B.vrm'), { production, exact: false });
    assert.equal(next.name, 'B-v2.vrm');
    assert.deepEqual((await production.names()).toSorted(), ['B-v2.vrm', 'B.vrm']);
    assert.equal(await production.digest('B.vrm', 'sha256'), first.sha256);
  });

  it('gives one of eight the name, where nobody can look first', async () => {
    const files = await Promise.all(Array.from({ length: 8 }, (_, n) => rig.scratch.file(`${n}.vrm`)));
    const target = rig.target('quobyte:avatar-models/race');
    await target.guarantee();
    const answers = await Promise.all(
      files.map(async (file) => {
        const staged = await target.stageFile('Wanted.vrm', file);
        return staged.publish('Wanted.vrm', sha256(await readFile(file)));
      }),
    );
    assert.deepEqual(answers.toSorted(), ['published', ...Array<string>(7).fill('taken')]);
    const winner = files[answers.indexOf('published')]!;
    assert.equal(await target.digest('Wanted.vrm', 'sha256'), sha256(await readFile(winner)));
  });

  it('puts movements into a folder of their own, everywhere', async () => {
    const file = await rig.scratch.file('Idle.vrma');
    const production = new FolderTarget(rig.folder, 'animations');
    const cdn = rig.target('quobyte:cdn', 'animations');
    const publicUrl = new HttpPublicUrl(rig.s3.publicUrl('cdn', ''), 'animations');
    const done = await rig.run(file, { production, cdn, publicUrl });
    assert.equal(done.name, 'Idle.vrma');
    assert.deepEqual(await readFile(join(rig.folder, 'animations', 'Idle.vrma')), await readFile(file));
    assert.equal(done.served?.url, rig.s3.publicUrl('cdn', 'animations/Idle.vrma'));
  });

  it('says so when the CDN serves something else, other headers or nothing', async () => {
    const file = await rig.scratch.file('C.vrm');
    const cdn = rig.target('quobyte:cdn');
    await assert.rejects(
      rig.run(file, { cdn, publicUrl: new HttpPublicUrl('http://127.0.0.1:9/') }),
      code('cdn-unreachable'),
    );
    const other = await rig.scratch.file('C.vrm');
    const headers = { 'Content-Type': 'model/gltf-binary', 'Cache-Control': 'no-store' };
    await rig.rclone.upload(other, parseRemotePath('quobyte:avatar-models/C.vrm'), headers);
    await assert.rejects(rig.run(file, { cdn, publicUrl: served('avatar-models') }), code('cdn-mismatch'));
    await rig.rclone.upload(file, parseRemotePath('quobyte:avatar-models/C.vrm'), headers);
    await assert.rejects(rig.run(file, { cdn, publicUrl: served('avatar-models') }), code('cdn-headers'));
    // The same bytes under other headers, in the very place: their headers cannot be changed.
    const mirror = rig.target('quobyte:avatar-models');
    await assert.rejects(rig.run(file, { mirror }), code('headers-differ'));
    for (const lacking of [
      { 'Content-Type': 'model/gltf-binary' },
      { 'Cache-Control': 'public, max-age=31536000, immutable' },
    ]) {
      await rig.rclone.upload(file, parseRemotePath('quobyte:avatar-models/C.vrm'), lacking);
      await assert.rejects(rig.run(file, { mirror }), code('headers-differ'));
    }
    assert.deepEqual(await new HttpPublicUrl('http://127.0.0.1:9/').look('C.vrm'), {
      url: 'http://127.0.0.1:9/C.vrm',
      status: 0,
      contentType: null,
      cacheControl: null,
      size: null,
    });
  });

  it('says that a bucket is not there, that a key is wrong, and that a server is down', async () => {
    const file = await rig.scratch.file('D.vrm');
    for (const [place, expected] of [
      ['quobyte:no-such-bucket', 'production-missing'],
      ['intruder:avatar-models', 'storage-denied'],
      ['nobody:avatar-models', 'storage-unreachable'],
      ['unheard-of:avatar-models', 'unknown-remote'],
    ] as const) {
      await assert.rejects(rig.run(file, { mirror: rig.target(place) }), code(expected), place);
    }
    assert.deepEqual(await readdir(rig.folder), []);
  });
});

describe('promotion to an S3 without conditional PUT', function () {
  this.timeout(120_000);
  let rig: Rig;
  let swift: SwiftServer;
  const opened: { close(): Promise<void> }[] = [];
  before(async function () {
    const missing = await swiftMissing();
    if (missing !== null) skip(this, missing);
    opened.push((rig = await Rig.start()));
    opened.push((swift = await startSwift(['avatar-models'])));
  });
  after(() => Promise.all(opened.map((one) => one.close())));
  beforeEach(() => rig.fresh());

  it('looks first, reads back, and says that this is all it can do', async () => {
    const rclone = await testRclone([swift.remote('swift')]);
    const mirror = new RemoteTarget(
      rclone,
      'swift:avatar-models',
      new StagingFolder(join(rig.state, 'staging')),
    );
    const file = await rig.scratch.file('Plain.vrm', 2_000_000);
    const done = await rig.run(file, { mirror });
    assert.deepEqual(done.copies[1], {
      role: 'mirror',
      place: 'swift:avatar-models',
      guarantee: 'look-first',
      state: 'published',
    });
    assert.equal(await mirror.digest('Plain.vrm', 'sha256'), sha256(await readFile(file)));
    const found = await rclone.stat(parseRemotePath('swift:avatar-models/Plain.vrm'));
    assert.deepEqual([found.sha256, found.mime], [done.sha256, 'model/gltf-binary']);
    await rig.fresh();
    await assert.rejects(rig.run(await rig.scratch.file('Plain.vrm'), { mirror }), code('name-taken'));
    assert.deepEqual(await readdir(rig.folder), []);
  });
});

describe('promotion to a remote that is no S3', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('keeps the sha256 in a file beside, and does not overwrite', async () => {
    const folder = await rig.scratch.folder();
    const rclone = await testRclone([{ name: 'disk', options: { type: 'alias', remote: folder } }]);
    await mkdir(join(folder, 'production'));
    const at = (place: string) =>
      new RemoteTarget(rclone, place, new StagingFolder(join(rig.state, 'staging')));
    const file = await rig.scratch.file('E.vrm');
    await assert.rejects(rig.run(file, { production: at('disk:unmounted') }), code('production-missing'));
    assert.deepEqual(await readdir(folder), ['production']);
    const production = at('disk:production');
    const done = await rig.run(file, { production });
    assert.deepEqual([done.copies[0]?.guarantee, done.copies[0]?.state], ['look-first', 'published']);
    assert.equal(
      await readFile(join(folder, 'production', 'E.vrm.sha256'), 'utf8'),
      `${done.sha256}  E.vrm\n`,
    );
    await assert.rejects(rig.run(await rig.scratch.file('E.vrm'), { production }), code('name-taken'));
    assert.equal(sha256(await readFile(join(folder, 'production', 'E.vrm'))), done.sha256);
  });

  it('tells the earlier of two in the same moment, and leaves the later one what it wrote', async () => {
    const folder = await rig.scratch.folder();
    const rclone = await testRclone([{ name: 'disk', options: { type: 'alias', remote: folder } }]);
    const [file, later] = [await rig.scratch.file('F.vrm'), await rig.scratch.file('F.vrm')];
    const upload = rclone.upload.bind(rclone);
    rclone.upload = async (from, to, ...rest) => {
      await upload(from, to, ...rest);
      if (to.path.endsWith('/F.vrm')) await upload(later, to, ...rest);
    };
    await mkdir(join(folder, 'production'));
    const staging = new StagingFolder(join(rig.state, 'staging'));
    const production = new RemoteTarget(rclone, 'disk:production', staging);
    await assert.rejects(rig.run(file, { production }), code('read-back-mismatch'));
    assert.deepEqual(await readFile(join(folder, 'production', 'F.vrm')), await readFile(later));
  });
});
