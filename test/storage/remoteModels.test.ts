import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Opener } from '../../src/adapters/storage/places.ts';
import type { RcloneRemote } from '../../src/adapters/storage/rcloneCommands.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import type { PromotionKind } from '../../src/core/promotion/names.ts';
import { RemoteModels } from '../../src/extension/avatars/remoteModels.ts';
import { inRig, type Rig } from './rig.ts';
import { code, sha256 } from './support.ts';

async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('a remote, as the editor lists it', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  const opened = (
    place: string,
    kind: PromotionKind = 'model',
    remotes: readonly RcloneRemote[] = [],
    env: NodeJS.ProcessEnv = process.env,
  ): RemoteModels => new RemoteModels(new Opener(env, new StagingFolder(rig.state), remotes), place, kind);

  /** A remote as a user's environment would have it. */
  function environment(): NodeJS.ProcessEnv {
    const { options } = rig.s3.remote('listed');
    const variables = Object.entries({ type: 's3', ...options }).map(([option, value]) => [
      `RCLONE_CONFIG_LISTED_${option.toUpperCase()}`,
      value,
    ]);
    return { ...process.env, ...(Object.fromEntries(variables) as Record<string, string>) };
  }

  it('has exports that are listed, read and promoted from', async () => {
    const file = await rig.scratch.file('Listed.vrm');
    await rig.upload(file);
    const exports = opened('listed:kasm/blender-avatars/exports/', 'model', [], environment());
    const bytes = await readFile(file);
    const listed = await exports.list();
    assert.deepEqual(
      listed.map(({ name, size }) => [name, size]),
      [['Listed.vrm', bytes.length]],
    );
    assert.equal(sha256(await wholeOf(exports.read('Listed.vrm'))), sha256(bytes));
    assert.equal((await exports.source('Listed.vrm').inspect()).digest?.hex, sha256(bytes));
    await assert.rejects(wholeOf(exports.read('Gone.vrm')), code('source-missing'));
  });

  it('has what was promoted into it: models, and animations in their folder', async () => {
    const remotes = [rig.s3.remote('production')];
    const place = 'production:avatar-models';
    const models = opened(place, 'model', remotes);
    assert.deepEqual([await models.list(), await opened(place, 'animation', remotes).list()], [[], []]);
    const production = rig.target('quobyte:avatar-models');
    const movements = rig.target('quobyte:avatar-models', 'animations');
    const model = await rig.scratch.file('Published.vrm');
    await rig.run(model, { production });
    await rig.run(await rig.scratch.file('Wave.vrma'), { production: movements });
    const listed = await models.list();
    assert.deepEqual(
      listed.map(({ name, size }) => [name, size]),
      [['Published.vrm', 200_000]],
    );
    assert.ok(Math.abs((listed[0]?.modifiedMs ?? 0) - Date.now()) < 3_600_000);
    assert.ok((await readFile(model)).equals(await wholeOf(models.read('Published.vrm'))));
    const [wave, ...others] = await opened(place, 'animation', remotes).list();
    assert.deepEqual([wave?.name, others], ['Wave.vrma', []]);
  });

  it('says why it cannot be listed, and what to do', async () => {
    assert.throws(() => opened('no remote:'), code('bad-remote-path'));
    await assert.rejects(
      opened('listed:none', 'model', [], environment()).list(),
      code('production-missing'),
    );
    await assert.rejects(opened('unheard:of').list(), code('unknown-remote'));
    const away = [rig.s3.remote('away', 'http://127.0.0.1:9/s3')];
    await assert.rejects(opened('away:avatar-models', 'model', away).list(), code('storage-unreachable'));
    const old = { ...environment(), AVATAR_FORGE_RCLONE: join(rig.folder, 'none') };
    await assert.rejects(opened('listed:kasm', 'model', [], old).list(), code('rclone-missing'));
  });
});
