import assert from 'node:assert/strict';
import { chmod, open, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../../src/adapters/storage/rcloneSource.ts';
import type { Gate, Source } from '../../src/core/promotion/ports.ts';
import { startS3 } from '../emulators/s3.ts';
import { inRig, type Rig } from './rig.ts';
import { code, openGate, sha256, testRclone } from './support.ts';

describe('promotion of damaged sources', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('refuses an object whose sha256 is another than its metadata says', async () => {
    const file = await rig.scratch.file('Lying.vrm');
    await rig.rclone.upload(file, parseRemotePath(rig.at('Lying.vrm')), {
      'X-Amz-Meta-Sha256': 'a'.repeat(64),
    });
    await assert.rejects(rig.run(rig.at('Lying.vrm')), code('source-mismatch'));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('notices a byte that was flipped on the way', async () => {
    await rig.upload(await rig.scratch.file('Flipped.vrm', 2_000_000));
    rig.proxy.fault = { kind: 'flip', after: 1_000_000 };
    await assert.rejects(rig.run(rig.at('Flipped.vrm', 'damaged')), code('source-mismatch'));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('notices that what was fetched is not what it was when the plan was made', async () => {
    const { place } = await rig.upload(await rig.scratch.file('Tampered.vrm', 2_000_000));
    const gate: Gate = {
      ...openGate,
      check: async (path) => {
        const { atime, mtime } = await stat(path);
        await chmod(path, 0o600);
        const handle = await open(path, 'r+');
        await handle.write('tampered', 1_500_000);
        await handle.close();
        await utimes(path, atime, mtime);
        return openGate.check(path, 'none', 'model');
      },
    };
    await assert.rejects(rig.run(place, { gate }), code('source-mismatch'));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('goes on where the network was cut, and gives up where it always is', async () => {
    const file = await rig.scratch.file('Cut.vrm', 2_000_000);
    await rig.upload(file);
    rig.proxy.fault = { kind: 'cut', after: 0 };
    await assert.rejects(rig.run(rig.at('Cut.vrm', 'damaged')), code('storage-unreachable'));
    assert.deepEqual(await readdir(rig.folder), []);
    rig.proxy.fault = { kind: 'cut', after: 1_000_000 };
    const done = await rig.run(rig.at('Cut.vrm', 'damaged'));
    assert.equal(done.sha256, sha256(await readFile(file)));
  });

  it('notices a flipped byte by MD5, and by reading twice, where there is no sha256', async () => {
    const file = await rig.scratch.file('Plain.vrm', 2_000_000);
    await rig.rclone.upload(file, parseRemotePath(rig.at('Plain.vrm')), {});
    const place = rig.at('Plain.vrm', 'damaged');
    const source = rig.source(place);
    assert.equal((await source.inspect()).digest?.algorithm, 'md5');
    rig.proxy.fault = { kind: 'flip', after: 1_000_000 };
    await assert.rejects(rig.run(place), code('source-mismatch'));
    rig.proxy.fault = { kind: 'none', after: 0 };
    assert.equal((await rig.run(place)).sha256, sha256(await readFile(file)));

    let readings = 0;
    const hashless: Source = {
      place,
      path: null,
      inspect: async () => ({ ...(await source.inspect()), digest: null }),
      mark: () => source.mark(),
      read: (signal) => {
        rig.proxy.fault = { kind: ++readings === 2 ? 'flip' : 'none', after: 500_000 };
        return source.read(signal);
      },
    };
    await assert.rejects(rig.run(hashless, { name: 'Other.vrm' }), code('source-mismatch'));
    assert.equal(readings, 2);
  });

  it('refuses a missing key, an emptied bucket, a missing bucket and an empty object', async () => {
    await assert.rejects(rig.run(rig.at('Nothing.vrm')), code('source-missing'));
    const emptied = await startS3(['kasm']);
    try {
      const other = await testRclone([emptied.remote('emptied')]);
      await assert.rejects(
        new RcloneSource(other, rig.at('A.vrm', 'emptied')).inspect(),
        code('source-missing'),
      );
    } finally {
      await emptied.close();
    }
    await assert.rejects(rig.run('quobyte:elsewhere/A.vrm'), code('source-missing'));
    await assert.rejects(rig.run(await rig.scratch.file('Empty.vrm', 0)), code('source-empty'));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('says what is wrong with a wrong key, an unknown remote and a server that is not there', async () => {
    await assert.rejects(rig.run(rig.at('A.vrm', 'intruder')), code('storage-denied'));
    await assert.rejects(rig.run('unheard-of:kasm/A.vrm'), code('unknown-remote'));
    await assert.rejects(rig.run('nobody:kasm/A.vrm'), code('storage-unreachable'));
  });

  it('ends rclone and leaves nothing when it is cancelled in mid-copy', async () => {
    await rig.upload(await rig.scratch.file('Stalled.vrm', 2_000_000));
    rig.proxy.fault = { kind: 'stall', after: 1_000_000 };
    const cancel = new AbortController();
    const running = rig.run(rig.at('Stalled.vrm', 'damaged'), {
      signal: cancel.signal,
      onProgress: ({ step }) => {
        if (step === 'fetch') setTimeout(() => cancel.abort(), 300);
      },
    });
    const since = performance.now();
    await assert.rejects(running, code('cancelled'));
    assert.ok(performance.now() - since < 5000);
    assert.deepEqual(await readdir(rig.folder), []);
  });
});
