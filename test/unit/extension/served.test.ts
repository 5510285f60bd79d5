import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedAs } from '../../../src/core/promotion/served.ts';
import type { Avatar } from '../../../src/extension/avatars/avatar.ts';
import { Served, type ServedState } from '../../../src/extension/promotion/served.ts';
import { keepStorageKey, storageRemotes } from '../../../src/extension/promotion/storageKeys.ts';
import { avatarDescription, avatarLabel, avatarTooltip } from '../../../src/extension/views/avatarText.ts';
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

  async function asked(served: Served, avatar: Avatar): Promise<ServedState | null> {
    const answered = new Promise<void>((resolve) => served.onDidChange(resolve));
    assert.equal(served.state(avatar), null);
    await answered;
    return served.state(avatar);
  }

  it('is asked once, on the local network and at the CDN, until it is forgotten', async () => {
    const lan = await serveFolder(folder);
    const values = {
      'avatarForge.production.url': lan.url,
      'avatarForge.production.cdnUrl': 'http://127.0.0.1:9/cdn',
    };
    const served = new Served(settingsOver(values).settings);
    const four = { ...promoted('A.vrm'), size: 4 };
    const state = await asked(served, four);
    assert.deepEqual(
      [state?.lan?.as, state?.cdn],
      ['same-size', { status: 0, size: null, as: 'not-served' }],
    );
    assert.equal((await asked(served, { ...four, size: 5 }))?.lan?.as, 'other-size');
    const wave = { ...four, kind: 'animation', name: 'Wave.vrma' } as const;
    assert.deepEqual((await asked(served, wave))?.lan, { status: 404, size: null, as: 'not-served' });
    lan.close();
    assert.equal(served.state(four), state);
    served.forget();
    assert.equal((await asked(served, four))?.lan?.status, 0);
  });

  it('asks for an animation in its folder', async () => {
    const asked: string[] = [];
    const server = createServer(({ url }, answer) => {
      asked.push(url ?? '');
      answer.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models`;
      const served = new Served(settingsOver({ 'avatarForge.production.url': base }).settings);
      const answered = new Promise<void>((resolve) => served.onDidChange(resolve));
      served.state({ ...promoted('Wave.vrma'), kind: 'animation' });
      await answered;
      assert.deepEqual(asked, ['/models/animations/Wave.vrma']);
    } finally {
      server.close();
    }
  });

  it('is not asked where there is no address, and about nothing that is not promoted', () => {
    const served = new Served(settingsOver({}).settings);
    assert.equal(served.state(promoted('A.vrm')), null);
    const other = new Served(settingsOver({ 'avatarForge.production.url': 'http://127.0.0.1:9' }).settings);
    assert.equal(other.state({ ...promoted('A.vrm'), kind: 'export' }), null);
  });

  it('stands beside the avatar, with a tick only where a size was compared', () => {
    const avatar = promoted('A.vrm');
    const file = (as: ServedAs, size: number | null = null, status = 200) => ({ as, size, status });
    const texts = (cdn: ServedState['cdn']) => {
      const state: ServedState = { lan: file('same-size', avatar.size), cdn };
      const label = avatarLabel(avatar, null, t, state).split('By the CDN: ').at(-1);
      return [avatarDescription(avatar, null, t, state), label];
    };
    assert.deepEqual(texts(file('same-size', avatar.size)), [
      'LAN ✓ · CDN ✓ · 9.0 MB',
      'served with the size it has in production; promoting again compares the bytes',
    ]);
    assert.deepEqual(texts(file('other-size', 9_000_001)), [
      'LAN ✓ · CDN differs · 9.0 MB',
      'another file is served, of 9.0 MB (9000001 B), not 9.0 MB (9000000 B)',
    ]);
    assert.deepEqual(texts(file('size-unknown')), [
      'LAN ✓ · CDN ? · 9.0 MB',
      'served, but its size is not told, so nothing was compared',
    ]);
    assert.deepEqual(texts(file('other-headers', avatar.size)), [
      'LAN ✓ · CDN with other headers · 9.0 MB',
      'served with another type or Cache-Control than a promoted file has',
    ]);
    assert.deepEqual(texts(file('not-served', null, 404)), ['LAN ✓ · CDN ✗ 404 · 9.0 MB', 'not served']);
    assert.equal(
      avatarDescription(avatar, null, t, { lan: null, cdn: file('not-served', null, 0) }),
      'CDN ✗ · 9.0 MB',
    );
    const hover = avatarTooltip(avatar, null, null, { lan: null, cdn: file('size-unknown') }, t, 'en');
    assert.match(hover, /By the CDN: served, but its size is not told/);
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
