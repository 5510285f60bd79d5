import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ForgeError } from '../../../src/core/errors.ts';
import { type Profile, PROFILES } from '../../../src/core/vrm/profile.ts';
import { thumbnailOf } from '../../../src/core/vrm/thumbnail.ts';
import { AvatarStore, type RemoteFolder } from '../../../src/extension/avatars/store.ts';
import { minimalVrm } from '../../fixtures/minimalVrm.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

const isCode = (code: string) => (thrown: unknown) => thrown instanceof ForgeError && thrown.code === code;

function* broken(): Generator<Buffer> {
  yield Buffer.from('fa');
  throw new Error('the line broke');
}

const noRemote = (): Promise<never> => Promise.reject(new Error('not used'));

describe('the store of avatars', () => {
  let folder: string;
  let home: string;
  let production: string;
  let profile: Profile;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-store-'));
    profile = PROFILES.app;
    home = join(folder, 'home');
    production = join(folder, 'production');
    await mkdir(join(home, 'exports'), { recursive: true });
    await mkdir(production);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const local = (): AvatarStore =>
    new AvatarStore({
      places: () => ({ home, production, remote: null }),
      openRemote: noRemote,
      blender: new FakeBlender(),
      isConnected: () => false,
      profile: () => Promise.resolve(profile),
      cache: join(folder, 'cache'),
    });

  it('lists files of the right kind, newest first, and no hidden or half ones', async () => {
    const put = async (name: string, atS: number): Promise<void> => {
      await writeFile(join(home, 'exports', name), 'x');
      await utimes(join(home, 'exports', name), atS, atS);
    };
    await put('old.vrm', 1000);
    await put('New.VRM', 2000);
    await put('.partial.vrm', 3000);
    await put('notes.txt', 3000);
    await mkdir(join(home, 'exports', 'folder.vrm'));
    await writeFile(join(production, 'old.vrm'), 'xx');
    await writeFile(join(production, 'old.vrm.sha256'), 'x');
    await mkdir(join(production, 'animations'));
    await writeFile(join(production, 'animations', 'Wave.vrma'), 'xx');
    await writeFile(join(production, 'animations', 'Wave.vrma.sha256'), 'x');
    const store = local();
    assert.deepEqual(
      (await store.list('export')).map(({ name, size, modifiedMs }) => [name, size, modifiedMs]),
      [
        ['New.VRM', 1, 2_000_000],
        ['old.vrm', 1, 1_000_000],
      ],
    );
    assert.deepEqual(await store.list('project'), []);
    assert.deepEqual(
      (await store.list('promoted')).map(({ path }) => path),
      [join(production, 'old.vrm')],
    );
    const animations = await store.list('animation');
    assert.deepEqual(
      animations.map(({ path }) => path),
      [join(production, 'animations', 'Wave.vrma')],
    );
    assert.equal(await store.glance(animations[0]!), null);
    assert.equal((await store.listAll()).length, 4);
  });

  it('says so where the production folder cannot be read, and leaves it out of the whole', async () => {
    await rm(production, { recursive: true });
    await writeFile(join(home, 'exports', 'a.vrm'), 'x');
    await assert.rejects(local().list('promoted'), isCode('folder-unreadable'));
    assert.equal((await local().listAll()).length, 1);
    assert.deepEqual(await local().list('animation'), []);
  });

  describe('with production in a remote', () => {
    const published = { name: 'Far.vrm', size: 3, modifiedMs: 1000 };
    let asked: string[];
    let isReachable: boolean;
    let isBroken: boolean;
    const remote: RemoteFolder = {
      list: () =>
        isReachable
          ? Promise.resolve([published])
          : Promise.reject(new ForgeError('storage-unreachable', 'Nobody answers.', 'Try again.')),
      read: () => Readable.from(isBroken ? broken() : [Buffer.from('fa'), Buffer.from('r')]),
      source: () => {
        throw new Error('not used');
      },
    };
    const far = (): AvatarStore =>
      new AvatarStore({
        places: () => ({ home, production: 'production:avatar-models', remote: null }),
        openRemote: (place, kind) => {
          asked.push(`${place} ${kind}`);
          return Promise.resolve(remote);
        },
        blender: new FakeBlender(),
        isConnected: () => false,
        profile: () => Promise.resolve(profile),
        cache: join(folder, 'cache'),
      });
    beforeEach(() => {
      asked = [];
      isReachable = true;
      isBroken = false;
    });

    it('asks it once, until somebody wants to know anew', async () => {
      const store = far();
      assert(store.isRemote('promoted') && store.isRemote('animation') && !store.isRemote('export'));
      const expected = [{ kind: 'promoted', path: null, ...published }];
      assert.deepEqual(await store.list('promoted'), expected);
      assert.deepEqual(await store.list('promoted'), expected);
      store.refresh();
      await store.list('promoted');
      assert.deepEqual(asked, ['production:avatar-models model']);
      store.refresh('everything');
      await store.list('promoted');
      await store.list('animation');
      assert.deepEqual(asked.slice(1), [
        'production:avatar-models model',
        'production:avatar-models animation',
      ]);
    });

    it('does not try again by itself where it cannot be reached, but for somebody who is to choose', async () => {
      isReachable = false;
      const store = far();
      await assert.rejects(store.list('promoted'), isCode('storage-unreachable'));
      await assert.rejects(store.list('promoted'), isCode('storage-unreachable'));
      assert.equal(asked.length, 1);
      await assert.rejects(store.listAll(['promoted']), isCode('storage-unreachable'));
      assert.equal(asked.length, 2);
      isReachable = true;
      assert.equal((await store.listAll(['promoted'])).length, 1);
    });

    it('keeps no half of a copy where the line breaks', async () => {
      const store = far();
      const [avatar] = await store.list('promoted');
      isBroken = true;
      await assert.rejects(store.localFile(avatar!), /the line broke/);
      const left = await readdir(join(folder, 'cache', 'copies'), { recursive: true });
      assert.deepEqual(
        left.filter((name) => name.includes('Far.vrm')),
        [],
      );
      isBroken = false;
      assert.equal(await readFile(await store.localFile(avatar!), 'utf8'), 'far');
    });

    it('fetches a copy to look at', async () => {
      const store = far();
      const [avatar] = await store.list('promoted');
      assert.ok(avatar !== undefined && (await store.glance(avatar)) === null);
      let changes = 0;
      store.onDidChange(() => (changes += 1));
      const file = await store.localFile(avatar);
      assert.equal(await readFile(file, 'utf8'), 'far');
      assert(store.copies.has(file));
      await store.localFile(avatar);
      assert.equal(changes, 1); // now its row can tell what is in it
    });
  });

  it('looks into a file once, keeps its thumbnail, and looks again when the file was written again', async () => {
    const { glb } = sampleVrm('1.0');
    const path = join(home, 'exports', 'a.vrm');
    await writeFile(path, glb);
    const store = local();
    const [avatar] = await store.list('export');
    assert.ok(avatar !== undefined && store.known(avatar) === null);
    const details = await store.glance(avatar);
    assert.equal(details?.version, '1.0');
    assert.ok(details.triangles > 0);
    assert.ok(details.thumbnail !== null);
    assert.deepEqual(
      new Uint8Array(await readFile(details.thumbnail)),
      new Uint8Array(thumbnailOf(glb)!.bytes),
    );
    assert.equal(store.known(avatar), details);
    assert.equal(await store.details(avatar), details);

    await writeFile(path, minimalVrm('Another'));
    const [again] = await store.list('export');
    assert.equal(store.known(again!), null);
    assert.equal((await store.glance(again!))?.title, 'Another');
  });

  it('counts what the profile that is set finds, and counts anew when another is set', async () => {
    await writeFile(join(home, 'exports', 'a.vrm'), sampleVrm('1.0').glb);
    const store = local();
    const [avatar] = await store.list('export');
    const before = (await store.details(avatar!)).counts.errors;
    profile = { ...PROFILES.app, name: 'ours', requiredExpressions: ['somersault'] };
    assert.equal((await store.details(avatar!)).counts.errors, before);
    store.refresh('everything');
    assert.equal((await store.details(avatar!)).counts.errors, before + 1);
  });

  it('takes a file that is no VRM for what it is', async () => {
    await writeFile(join(home, 'exports', 'a.vrm'), 'no GLB at all');
    const store = local();
    const [avatar] = await store.list('export');
    const details = await store.glance(avatar!);
    assert.equal(details?.version, null);
    assert.ok(details.counts.errors > 0);
  });

  describe('with a Blender elsewhere', () => {
    const vrm = minimalVrm('Remote');
    const files = [
      { name: 'remote.vrm', size: vrm.length, modified: '2026-01-02T03:04:05.000+00:00' },
      { name: 'notes.txt', size: 1, modified: '2026-01-02T03:04:05.000+00:00' },
    ];
    let blender: FakeBlender;
    let isConnected: boolean;
    const remote = (): AvatarStore =>
      new AvatarStore({
        places: () => ({ home: null, production: null, remote: null }),
        openRemote: noRemote,
        blender,
        isConnected: () => isConnected,
        profile: () => Promise.resolve(profile),
        cache: join(folder, 'cache'),
      });
    beforeEach(() => {
      blender = new FakeBlender({ 'file.list': () => ({ files }) }, { 'remote.vrm': vrm });
      isConnected = true;
    });

    it('does not call a Blender that is not there', async () => {
      isConnected = false;
      await assert.rejects(remote().list('export'), isCode('not-connected'));
      assert.deepEqual(blender.calls, []);
      assert.deepEqual(await remote().list('promoted'), []);
    });

    it('lists its files, fetches none unasked, and each one once', async () => {
      const store = remote();
      const [avatar, ...others] = await store.list('export');
      assert.deepEqual(others, []);
      assert.ok(avatar?.path === null);
      assert.equal(avatar.modifiedMs, Date.UTC(2026, 0, 2, 3, 4, 5));
      assert.equal(await store.glance(avatar), null);

      const file = await store.localFile(avatar);
      assert.deepEqual(new Uint8Array(await readFile(file)), new Uint8Array(vrm));
      assert.ok(file.endsWith('remote.vrm'));
      blender = new FakeBlender();
      assert.equal(await store.localFile(avatar), file);
      assert.equal((await store.glance(avatar))?.title, 'Remote');
    });

    it('fetches one that was written again to the same place, so that an editor shows it anew', async () => {
      const store = remote();
      const [avatar] = await store.list('export');
      assert(avatar !== undefined);
      const file = await store.localFile(avatar);
      const changed = Buffer.concat([vrm]);
      changed[changed.length - 1] = 7;
      blender = new FakeBlender(
        { 'file.list': () => ({ files: [{ ...files[0], modified: '2026-01-02T04:04:05.000+00:00' }] }) },
        { 'remote.vrm': changed },
      );
      const [again] = await remote().list('export');
      assert(again !== undefined);
      assert.equal(await remote().localFile(again), file);
      assert.deepEqual(await readFile(file), changed);
      assert.equal(store.copies.has(file), true);
      assert.equal(store.copies.has(join(folder, 'remote.vrm')), false);
    });

    it('removes copies that nobody fetched for a month', async () => {
      const store = remote();
      const [avatar] = await store.list('export');
      assert(avatar !== undefined);
      const file = await store.localFile(avatar);
      const old = new Date(Date.now() - 31 * 24 * 3_600_000);
      await utimes(join(dirname(file), '.state'), old, old);
      await store.copies.keep({ ...avatar, name: 'other.vrm' }, vrm);
      await assert.rejects(readFile(file), { code: 'ENOENT' });
    });

    it('keeps a name that was chosen elsewhere inside the cache', async () => {
      const name = '../../../../evil.vrm';
      const modified = '2026-01-02T03:04:05.000+00:00';
      blender = new FakeBlender(
        { 'file.list': () => ({ files: [{ name, size: vrm.length, modified }] }) },
        { [name]: vrm },
      );
      const store = remote();
      const [avatar] = await store.list('export');
      assert.ok((await store.localFile(avatar!)).startsWith(join(folder, 'cache', 'copies')));
    });
  });
});
