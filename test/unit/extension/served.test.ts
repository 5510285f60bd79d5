import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Avatar } from '../../../src/extension/avatars/avatar.ts';
import { Served, type ServedState } from '../../../src/extension/promotion/served.ts';
import { keepStorageKey, storageRemotes } from '../../../src/extension/promotion/storageKeys.ts';
import { avatarDescription, avatarLabel } from '../../../src/extension/views/avatarText.ts';
import { serveFolder } from '../../support/serveFolder.ts';
import { secretsOver, settingsOver } from './settingsFake.ts';
import { english as t } from './support.ts';

const promoted = (name: string): Avatar => ({
  kind: 'promoted',
  name,
  size: 9_000_000,
  modifiedMs: 0,
  path: null,
});

describe('who serves what is promoted', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-served-'));
    await writeFile(join(folder, 'A.vrm'), 'glTF');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function asked(served: Served, name: string): Promise<ServedState | null> {
    const answered = new Promise<void>((resolve) => served.onDidChange(resolve));
    assert.equal(served.state(promoted(name)), null);
    await answered;
    return served.state(promoted(name));
  }

  it('is asked once, on the local network and at the CDN, until it is forgotten', async () => {
    const lan = await serveFolder(folder);
    const values = {
      'avatarForge.production.url': lan.url,
      'avatarForge.production.cdnUrl': 'http://127.0.0.1:9/cdn',
    };
    const served = new Served(settingsOver(values).settings);
    const state = await asked(served, 'A.vrm');
    assert.deepEqual([state?.lan?.status, state?.cdn?.status], [200, 0]);
    lan.close();
    assert.equal(served.state(promoted('A.vrm')), state);
    served.forget();
    assert.equal((await asked(served, 'A.vrm'))?.lan?.status, 0);
  });

  it('is not asked where there is no address, and about nothing that is not promoted', () => {
    const served = new Served(settingsOver({}).settings);
    assert.equal(served.state(promoted('A.vrm')), null);
    const other = new Served(settingsOver({ 'avatarForge.production.url': 'http://127.0.0.1:9' }).settings);
    assert.equal(other.state({ ...promoted('A.vrm'), kind: 'export' }), null);
  });

  it('stands beside the avatar, and is said to who cannot see it', () => {
    const avatar = promoted('A.vrm');
    const state: ServedState = { lan: { status: 200 }, cdn: { status: 404 } };
    assert.equal(avatarDescription(avatar, null, t, state), 'LAN ✓ · CDN ✗ 404 · 9.0 MB');
    assert.match(avatarLabel(avatar, null, t, state), /served on the local network, not served by the CDN$/);
    assert.equal(avatarDescription(avatar, null, t, { lan: null, cdn: { status: 0 } }), 'CDN ✗ · 9.0 MB');
  });
});

describe('keys of storage', () => {
  it('make remotes that are called by their roles', async () => {
    const secrets = secretsOver();
    const key = {
      endpoint: 'https://s3.example',
      region: 'auto',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
    };
    await keepStorageKey(secrets, 'cdn', key);
    const [remote, other] = await storageRemotes(secrets);
    assert.deepEqual(
      [remote?.name, remote?.options['endpoint'], other],
      ['cdn', 'https://s3.example', undefined],
    );
    await secrets.storage('cdn').forget();
    assert.deepEqual(await storageRemotes(secrets), []);
  });
});
