import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { openRemoteExports } from '../../src/extension/avatars/remoteExports.ts';
import { Rig } from './rig.ts';
import { code, sha256 } from './support.ts';

describe('exports in a remote, as the editor lists them', function () {
  this.timeout(60_000);
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.close());

  /** The remote as a user's environment would have it. */
  function environment(): Record<string, string | undefined> {
    const { options } = rig.s3.remote('listed');
    const variables = Object.entries({ type: 's3', ...options }).map(([option, value]) => [
      `RCLONE_CONFIG_LISTED_${option.toUpperCase()}`,
      value,
    ]);
    return { ...process.env, ...(Object.fromEntries(variables) as Record<string, string>) };
  }

  it('are listed, read and promoted from', async () => {
    const file = await rig.scratch.file('Listed.vrm');
    await rig.upload(file);
    const exports = await openRemoteExports('listed:kasm/blender-avatars/exports/', environment());
    const bytes = await readFile(file);
    const listed = await exports.list();
    assert.deepEqual(
      listed.map(({ name, size }) => [name, size]),
      [['Listed.vrm', bytes.length]],
    );
    assert.equal(sha256(await exports.read('Listed.vrm')), sha256(bytes));
    assert.equal((await exports.source('Listed.vrm').inspect()).digest?.hex, sha256(bytes));
  });

  it('are not asked for at what is no remote', async () => {
    const exports = await openRemoteExports('no remote', environment());
    await assert.rejects(async () => exports.list(), code('bad-remote-path'));
  });
});
