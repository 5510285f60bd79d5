import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { inRig, type Rig } from './rig.ts';
import { code, sha256 } from './support.ts';

describe('copies that are damaged on their way', function () {
  this.timeout(120_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('to this machine: a piece that comes twice is noticed', async () => {
    await rig.upload(await rig.scratch.file('Repeated.vrm', 2_000_000));
    rig.proxy.fault = { kind: 'repeat', after: 1_000_000 };
    await assert.rejects(rig.run(rig.at('Repeated.vrm', 'damaged')), code('source-mismatch'));
    assert.deepEqual(await readdir(rig.folder), []);
  });

  for (const kind of ['flip', 'repeat', 'cut'] as const) {
    it(`to the mirror (${kind}): nothing wrong stands there, and the next run mends it`, async () => {
      const file = await rig.scratch.file(`Up-${kind}.vrm`, 2_000_000);
      const name = `Up-${kind}.vrm`;
      const damaged = rig.target('damaged:avatar-models');
      await damaged.guarantee();
      rig.proxy.fault = { kind, after: 1_000_000, way: 'up' };
      await assert.rejects(rig.run(file, { mirror: damaged }), (thrown) => {
        const { data, code: found } = thrown as { data: { published?: string }; code: string };
        assert.equal(data.published, name);
        assert.ok(['storage-unreachable', 'storage-denied', 'read-back-mismatch'].includes(found), found);
        return true;
      });
      assert.deepEqual(await readFile(join(rig.folder, name)), await readFile(file));
      assert.ok(!(await damaged.names()).includes(name));
      rig.proxy.fault = { kind: 'none', after: 0 };
      const done = await rig.run(file, { mirror: damaged });
      assert.deepEqual([done.resumed, done.copies[1]?.state], [true, 'published']);
      assert.equal(
        await rig.target('quobyte:avatar-models').digest(name, 'sha256'),
        sha256(await readFile(file)),
      );
    });
  }

  it('to production: what breaks is no answer of its server, whatever number is in the name', async () => {
    const production = rig.target('damaged:avatar-models/numbers');
    await production.guarantee();
    rig.proxy.fault = { kind: 'cut', after: 100_000, way: 'up' };
    for (const [name, exact] of [
      ['Companion-412.vrm', true],
      ['Companion-412.vrm', false],
      ['Companion-403.vrm', true],
    ] as const) {
      const running = rig.run(await rig.scratch.file(name), { production, exact });
      await assert.rejects(running, code('storage-unreachable'), name);
    }
    assert.deepEqual(await production.names(), []);
  });

  it('back from the mirror: what does not read back is taken away again', async () => {
    const file = await rig.scratch.file('Back.vrm', 2_000_000);
    const damaged = rig.target('damaged:avatar-models');
    rig.proxy.fault = { kind: 'flip', after: 1_000_000 };
    await assert.rejects(rig.run(file, { mirror: damaged }), code('read-back-mismatch'));
    rig.proxy.fault = { kind: 'none', after: 0 };
    assert.ok(!(await damaged.names()).includes('Back.vrm'));
  });

  it('to a mirror that stalls: cancelling ends it, and nothing stands there', async () => {
    const file = await rig.scratch.file('Stalled.vrm', 2_000_000);
    const damaged = rig.target('damaged:avatar-models');
    await damaged.guarantee();
    rig.proxy.fault = { kind: 'stall', after: 1_000_000, way: 'up' };
    const cancel = new AbortController();
    const running = rig.run(file, {
      mirror: damaged,
      signal: cancel.signal,
      onProgress: ({ step }) => {
        if (step === 'mirror') setTimeout(() => cancel.abort(), 500);
      },
    });
    await assert.rejects(running, code('cancelled'));
    rig.proxy.fault = { kind: 'none', after: 0 };
    assert.ok(!(await damaged.names()).includes('Stalled.vrm'));
  });
});

describe('a store that refuses', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  // What S3 answers is documented: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  for (const [what, status, s3Code, expected] of [
    ['an expired key', 400, 'ExpiredToken', 'storage-denied'],
    ['a clock that is wrong', 403, 'RequestTimeTooSkewed', 'storage-denied'],
    ['a key that was taken away', 403, 'InvalidAccessKeyId', 'storage-denied'],
    ['a right that is missing', 403, 'AccessDenied', 'storage-denied'],
    ['a server that is ill', 503, 'ServiceUnavailable', 'storage-unreachable'],
  ] as const) {
    it(`for ${what} is said to, as source and as mirror, and production is untouched`, async () => {
      const body = `<?xml version="1.0"?><Error><Code>${s3Code}</Code><Message>No.</Message></Error>`;
      const emulator = createServer((request, answer) => {
        request.resume();
        answer
          .writeHead(status, { 'Content-Type': 'application/xml' })
          .end(request.method === 'HEAD' ? '' : body);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => emulator.once('listening', resolve));
      try {
        const { port } = emulator.address() as AddressInfo;
        const ill = await rig.withRemote(rig.s3.remote('ill', `http://127.0.0.1:${port}`));
        const file = await rig.scratch.file('A.vrm');
        await assert.rejects(ill.run(file, { mirror: ill.target('ill:avatar-models') }), code(expected));
        await assert.rejects(ill.run('ill:kasm/A.vrm'), code(expected));
        assert.deepEqual(await readdir(rig.folder), []);
      } finally {
        emulator.close();
        emulator.closeAllConnections();
      }
    });
  }

  it('is met by names that are tricks before it is asked', async () => {
    const file = await rig.scratch.file('Fine.vrm');
    const mirror = rig.target('nobody:avatar-models'); // asked, it would say that it is not there
    for (const name of [
      '../x',
      'a/../b.vrm',
      'tab\t',
      'new\nline',
      '\u202Evrm',
      'é'.repeat(128),
      'Сompanion-A',
      '．．',
    ]) {
      await assert.rejects(rig.run(file, { name, mirror }), code('bad-name'), JSON.stringify(name));
    }
    for (const source of ['quobyte:kasm/../x.vrm', 'quobyte:kasm//x.vrm', 'quobyte:kasm/a\u0000.vrm']) {
      assert.throws(() => parseRemotePath(source), code('bad-remote-path'));
    }
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('and was emptied says so: nothing is taken from production', async () => {
    await writeFile(join(rig.folder, 'Kept.vrm'), 'kept');
    await assert.rejects(rig.run('quobyte:kasm/blender-avatars/exports/Kept.vrm'), code('source-missing'));
    assert.deepEqual(await readdir(rig.folder), ['Kept.vrm']);
  });
});
