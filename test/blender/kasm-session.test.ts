import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import { KasmApi } from '../../src/adapters/kasm/kasmApi.ts';
import { KasmWorkstation, type KasmWorkstationOptions } from '../../src/adapters/kasm/kasmWorkstation.ts';
import type { BlenderEndpoint, BlenderPort } from '../../src/core/ports.ts';
import { KasmEmulator } from '../emulators/kasm.ts';
import { type RealSession, startRealSession } from '../emulators/kasmSession.ts';
import { memoryStore } from '../remote/kasm/support.ts';
import { certificates } from '../support/certificates.ts';
import { survivors } from './support/processes.ts';
import { addon } from './support/workstation.ts';

describe('a Kasm session of real processes, by TLS and Kasm’s own proxy path', () => {
  const trusted = getCACertificates('default');
  const started: RealSession[] = [];
  const store = memoryStore();
  let storage: string;
  let kasm: KasmEmulator;

  before(async () => {
    const { authority, server } = certificates();
    setDefaultCACertificates([...trusted, authority.cert]);
    storage = await mkdtemp(join(tmpdir(), 'avatar-forge-s3-'));
    kasm = await KasmEmulator.listen({
      api: 'rest',
      tls: server,
      onLaunch: (environment) => {
        const session = startRealSession({ environment, storage });
        started.push(session);
        return session;
      },
    });
  });

  after(async () => {
    await kasm.close();
    setDefaultCACertificates(trusted);
    await rm(storage, { recursive: true, force: true });
  });

  const connect = (endpoint: BlenderEndpoint): BlenderPort =>
    connectBlender(endpoint, { client: 'test/0', library: addon });
  const workstation = (options: Partial<KasmWorkstationOptions> = {}): KasmWorkstation =>
    new KasmWorkstation({
      api: new KasmApi({ url: kasm.url, key: kasm.key }),
      store,
      image: 'Avatar Forge',
      user: 'ada@example.com',
      pollMs: 100,
      tryWay: async (endpoint) => {
        const blender = connect(endpoint);
        await blender.describe().finally(() => blender.close());
      },
      ...options,
    });
  const running = (): Promise<unknown> =>
    survivors(
      started.flatMap(({ pids }) => pids),
      5_000,
    );

  it('is reached through the proxy with its cookies, paused with its processes, and leaves none when destroyed', async () => {
    const one = workstation();
    const endpoint = await one.launch();
    assert.match(endpoint.tunnel?.url ?? '', /^wss:.*\/desktop\/[^/]+\/vnc\/blender$/);
    assert.deepEqual(one.trace, [{ way: 'front proxy', outcome: 'reached' }]);
    const blender = connect(endpoint);
    await blender.call('create_object', { objects: [{ kind: 'cube', name: 'Kept' }] });
    await one.pause();
    const asleep = blender.call('ping', {}, { deadlineMs: 500 }).then(
      () => 'answers',
      () => 'sleeps',
    );
    assert.equal(await asleep, 'sleeps');
    await blender.close();
    const again = connect(await workstation().launch());
    const { counts } = (await again.call('get_scene_info', { filter: 'Kept' })) as {
      counts: { meshes: number };
    };
    assert.ok(counts.meshes > 0, 'the scene was lost');
    await again.close();
    assert.equal(kasm.count('request_kasm'), 1);
    await workstation().destroy();
    assert.deepEqual([kasm.sessions.size, await running()], [0, []]);
  });

  it('saves its scene and ends by itself where nobody comes back', async () => {
    const one = workstation({ idleMinutes: 0.02 });
    await one.launch();
    const session = started.at(-1);
    assert.equal(await session?.ended, 75);
    assert.deepEqual([kasm.sessions.size, await running()], [0, []]);
    const saved = await readdir(join(storage, 'projects'));
    assert.ok(
      saved.some((name) => name.endsWith('.blend')),
      saved.join(', '),
    );
    await workstation({ idleMinutes: 0 }).launch();
    assert.equal(kasm.count('request_kasm'), 3, 'the one that ended is not looked for');
    await workstation().destroy();
    assert.deepEqual(await running(), []);
  });

  it('is refused by the proxy without its cookies, and by the agent without its token', async () => {
    const endpoint = await workstation().launch();
    const { tunnel } = endpoint;
    assert.ok(tunnel?.headers !== undefined);
    const { Cookie, ...rest } = tunnel.headers;
    const without = [
      rest,
      { ...rest, Cookie: `${Cookie}x` },
      { ...tunnel.headers, 'X-Avatar-Forge-Token': 'another' },
    ];
    for (const headers of without) {
      const blender = connect({ ...endpoint, tunnel: { ...tunnel, headers } });
      await assert.rejects(blender.describe(), { code: 'tunnel-refused' });
      await blender.close();
    }
    await workstation().destroy();
    assert.deepEqual(await running(), []);
  });
});
