import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openRclone, Rclone } from '../../src/adapters/storage/rclone.ts';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { inRig, type Rig } from './rig.ts';
import { code, sha256 } from './support.ts';

describe('rclone', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  it('uploads with type and sha256, and replaces an earlier export', async () => {
    const file = await rig.scratch.file('Again.vrm');
    const first = await rig.upload(file);
    await writeFile(file, randomBytes(200_000));
    const second = await rig.upload(file);
    assert.equal(first.place, second.place);
    const found = await rig.rclone.stat(parseRemotePath(second.place));
    assert.equal(found.mime, 'model/gltf-binary');
    assert.equal(found.sha256, second.sha256);
    assert.notEqual(second.sha256, first.sha256);
  });

  it('uploads again what rclone would take for unchanged', async () => {
    const file = await rig.scratch.file('Same-time.vrm');
    const { mtime, atime } = await stat(file);
    await rig.upload(file);
    await writeFile(file, randomBytes(200_000));
    await utimes(file, atime, mtime);
    const { sha256: uploaded } = await rig.upload(file);
    assert.equal(uploaded, sha256(await readFile(file)));
  });

  it('lists the files right in a folder, with sizes and times', async () => {
    const file = await rig.scratch.file('Listed.vrm', 12_345);
    const { place } = await rig.upload(file);
    const folder = parseRemotePath(place.slice(0, place.lastIndexOf('/')));
    const found = (await rig.rclone.list(folder)).find(({ name }) => name === 'Listed.vrm');
    assert.equal(found?.size, 12_345);
    assert.ok(Math.abs(found.modifiedMs - (await stat(file)).mtimeMs) < 60_000);
    assert.deepEqual(await rig.rclone.list(parseRemotePath(`${place}-none`)), []);
  });

  it('tells how far an upload is', async () => {
    const seen: number[] = [];
    const file = await rig.scratch.file('Upload.vrm', 5_000_000);
    await rig.upload(file, { onBytes: (bytes) => seen.push(bytes) });
    assert.equal(seen.at(-1), 5_000_000);
  });

  it('needs an rclone that is new enough', async () => {
    const old = join(await rig.scratch.folder(), 'rclone');
    await writeFile(old, '#!/bin/sh\necho "$1" >>"$0.asked"\necho rclone v1.60.1-DEV\n');
    await chmod(old, 0o755);
    await assert.rejects(openRclone({ binary: old, env: process.env }), code('rclone-too-old'));
    await assert.rejects(openRclone({ binary: `${old}-none`, env: process.env }), code('rclone-missing'));
    await assert.rejects(
      openRclone({ env: { ...process.env, AVATAR_FORGE_RCLONE: '/bin/true' } }),
      code('rclone-missing'),
    );
    const late = new Rclone({ binary: old, env: process.env });
    const path = parseRemotePath('quobyte:kasm/A.vrm');
    await assert.rejects(late.upload(old, path, {}), code('rclone-too-old'));
    await assert.rejects(late.stat(path), code('rclone-too-old'));
    assert.ok(!(await readFile(`${old}.asked`, 'utf8')).includes('copyto'), 'it was told to write');
  });

  it('is not quoted with its secrets', async () => {
    const binary = join(await rig.scratch.folder(), 'rclone');
    const say = 'echo "refused $RCLONE_CONFIG_QUOBYTE_SECRET_ACCESS_KEY" >&2; exit 1';
    await writeFile(binary, `#!/bin/sh\nif [ "$1" = version ]; then echo rclone v1.75.2; else ${say}; fi\n`);
    await chmod(binary, 0o755);
    const talkative = new Rclone({ binary, env: process.env, remotes: [rig.s3.remote('quobyte')] });
    await assert.rejects(talkative.stat(parseRemotePath('quobyte:kasm/A.vrm')), {
      message: 'quobyte:kasm/A.vrm: refused •••',
    });
  });

  it('keeps secrets off command lines', async () => {
    const { place } = await rig.upload(await rig.scratch.file('Secret.vrm', 2_000_000));
    rig.proxy.fault = { kind: 'stall', after: 1_000_000 };
    const cancel = new AbortController();
    const secret = rig.s3.remote('quobyte').options['secret_access_key'] ?? '';
    const running = rig.run(place.replace('quobyte', 'damaged'), { signal: cancel.signal });
    const lines: string[] = [];
    for (let tries = 0; tries < 50 && lines.length === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        if (line.includes('\0cat\0') && line.includes(basename(place))) lines.push(line);
      }
    }
    cancel.abort();
    await assert.rejects(running, code('cancelled'));
    assert.notEqual(lines.length, 0);
    assert.ok(secret !== '' && lines.every((line) => !line.includes(secret)));
  });
});
