import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { findInstallation } from '../../../src/adapters/home.ts';
import type { BlenderEndpoint } from '../../../src/core/ports.ts';
import type { WorkstationState } from '../../../src/core/workstation.ts';
import { providers } from '../../../src/extension/workstations/index.ts';
import { parseEndpoint } from '../../../src/extension/workstations/endpoint.ts';
import type { Provider } from '../../../src/extension/workstations/provider.ts';
import { CurrentWorkstation } from '../../../src/extension/workstations/service.ts';
import type { Request } from '../../../src/protocol/wire.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { afterwards, closeAll, until } from '../control/support.ts';
import { secretsOver, settingsOver } from './settingsFake.ts';

const installation = findInstallation(import.meta.dirname);
const scene = { file: '/x/mine.blend', counts: { objects: 3, triangles: 12 } };

interface Peer {
  readonly port: number;
  readonly calls: Request[];
  close(): Promise<void>;
}

/** A Blender that knows `ping`, its scene and checkpoints. */
async function blender(port = 0, token?: string): Promise<Peer> {
  const calls: Request[] = [];
  const peer = new ForgePeer({
    ...(token === undefined ? {} : { token }),
    onRequest: (request, to) => {
      calls.push(request);
      const { id, method } = request;
      to.send({ id, result: method === 'get_scene_info' ? scene : { id: 'cp-1' } });
    },
  });
  const listening = await peer.listen(port);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= peer.close());
  afterwards(close);
  return { port: listening, calls, close };
}

interface Rig {
  readonly service: CurrentWorkstation;
  readonly states: WorkstationState['is'][];
  readonly set: (name: string, value: unknown) => void;
}

function rig(values: Record<string, unknown>, others: Partial<Record<'thisMachine', Provider>> = {}): Rig {
  const { settings, set } = settingsOver({ 'avatarForge.workstation.provider': 'endpoint', ...values });
  const service = new CurrentWorkstation({
    settings,
    secrets: secretsOver(new Map([['avatarForge.token:127.0.0.1:1', 'unused']])),
    installation,
    env: {},
    home: () => '/nowhere',
    network: () => ({}),
    providers: { ...providers, ...others },
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined },
    pulseMs: 20,
  });
  afterwards(() => service.dispose());
  const states: WorkstationState['is'][] = [];
  service.onDidChange(() => {
    if (states.at(-1) !== service.state.is) states.push(service.state.is);
  });
  return { service, states, set };
}

const at = (port: number) => ({ 'avatarForge.workstation.endpoint': `tcp://127.0.0.1:${port}` });

/** In place of this machine: a launch that is told when to end, of a Blender that is one of the above. */
function ours(
  find: () => Promise<BlenderEndpoint>,
  onStop: () => Promise<void> | void = () => undefined,
): Provider {
  return {
    ...providers.thisMachine,
    open: ({ onStage, onLine }) => ({
      label: 'This machine',
      launch: async () => {
        onStage('launched');
        onLine('hello from Blender');
        const found = await find();
        onStage('listening');
        return found;
      },
      stop: async () => onStop(),
    }),
  };
}

describe('the current workstation', () => {
  afterEach(closeAll);

  for (const before of ['absent', 'ready', 'stopped'] as const) {
    it(`is started where the settings say, though they have just changed: from ${before}`, async () => {
      const [one, other] = [await blender(), await blender()];
      const { service, set } = rig(at(one.port));
      if (before !== 'absent') await service.start();
      if (before === 'stopped') await service.stop();
      set('avatarForge.workstation.endpoint', `tcp://127.0.0.1:${other.port}`);
      assert.equal((await service.start()).port, other.port);
      await until(() => service.state.is === 'ready', 'it is up');
      assert.equal(service.info().label, `127.0.0.1:${other.port}`);
    });
  }

  it('does nothing by itself', async () => {
    const peer = await blender();
    const { service } = rig(at(peer.port));
    await sleep(60);
    assert.deepEqual([service.state.is, peer.calls.length], ['absent', 0]);
  });

  it('goes from absent to ready, and knows Blender, its scene and the latency', async () => {
    const peer = await blender();
    const { service, states } = rig(at(peer.port));
    assert.deepEqual(await service.start(), { host: '127.0.0.1', port: peer.port });
    await until(() => service.info().scene !== null && service.info().latencyMs !== null, 'it was looked at');
    const { label, blenderVersion, scene: seen, upSinceMs } = service.info();
    assert.deepEqual(
      [label, blenderVersion, seen],
      [`127.0.0.1:${peer.port}`, '3.4.1', { file: 'mine.blend', objects: 3, triangles: 12 }],
    );
    assert.ok(upSinceMs !== null);
    assert.deepEqual(states, ['launching', 'starting', 'connecting', 'ready']);
  });

  it('fails with what to do where nobody listens', async () => {
    const gone = await blender();
    await gone.close();
    const { service } = rig(at(gone.port));
    await assert.rejects(service.start(), { code: 'blender-unreachable' });
    assert.ok(service.state.is === 'failed' && service.state.failure.code === 'blender-unreachable');
    assert.match(service.log().join('\n'), /failed: blender-unreachable/);
  });

  it('comes back by itself when Blender does', async () => {
    const first = await blender();
    const { service, states } = rig(at(first.port));
    let restarts = 0;
    service.onDidRestart(() => (restarts += 1));
    await service.start();
    await first.close();
    await until(() => service.state.is === 'reconnecting', 'the loss was seen');
    assert.equal(service.info().latencyMs, null);
    await blender(first.port);
    await until(() => service.state.is === 'ready', 'it is back');
    assert.deepEqual(states.slice(-3), ['ready', 'reconnecting', 'ready']);
    assert.equal(restarts, 1);
  });

  it('is busy while a server’s tool is at work, until it says or hangs up', async () => {
    const peer = await blender();
    const { service } = rig(at(peer.port));
    await service.start();
    const [one, two] = [{}, {}];
    service.noteActivity({ tool: 'vrm_export', state: 'started', code: null }, one);
    service.noteActivity({ tool: 'get_screenshot', state: 'started', code: null }, two);
    assert.deepEqual(service.state, { is: 'busy', job: 'get_screenshot' });
    service.noteActivity({ tool: 'get_screenshot', state: 'failed', code: 'x' }, two);
    assert.deepEqual(service.state, { is: 'busy', job: 'vrm_export' });
    service.forgetActivity(one);
    assert.equal(service.state.is, 'ready');
  });

  it('saves a checkpoint before it stops', async () => {
    const peer = await blender();
    const { service, states } = rig(at(peer.port));
    await service.start();
    await service.stop();
    assert.deepEqual(
      peer.calls.filter(({ method }) => method === 'checkpoint').map(({ params }) => params),
      [{ action: 'create', label: 'before stopping' }],
    );
    assert.deepEqual(states.slice(-2), ['stopping', 'stopped']);
    assert.equal(service.info().blenderVersion, null);
  });

  it('is replaced by another address in the settings, and says so', async () => {
    const [a, b] = [await blender(), await blender()];
    const { service, set } = rig(at(a.port));
    let replaced = 0;
    service.onDidReplace(() => (replaced += 1));
    await service.start();
    set('avatarForge.workstation.endpoint', `tcp://127.0.0.1:${b.port}`);
    await until(() => service.state.is === 'ready' && replaced === 1, 'the other one is ready');
    assert.deepEqual(await service.endpoint(), { host: '127.0.0.1', port: b.port });
    await service.blender.call('ping', {});
    assert.ok(b.calls.length > 0);
  });

  it('stays where it is when an address changes that it does not use', async () => {
    const peer = await blender();
    const thisMachine = ours(() => Promise.resolve({ host: '127.0.0.1', port: peer.port }));
    const { service, set } = rig({ 'avatarForge.workstation.provider': 'thisMachine' }, { thisMachine });
    await service.start();
    set('avatarForge.workstation.endpoint', 'tcp://127.0.0.1:1');
    await sleep(30);
    assert.equal(service.state.is, 'ready');
  });

  it('can be attached elsewhere, with the token that was given', async () => {
    const [a, b] = [await blender(), await blender(0, 'secret')];
    const { service } = rig(at(a.port));
    await service.start();
    await service.attach({ host: '127.0.0.1', port: b.port, token: 'secret' });
    assert.equal(service.info().label, `127.0.0.1:${b.port}`);
    await assert.rejects(service.attach({ host: '127.0.0.1', port: b.port, token: 'wrong' }), {
      code: 'auth-failed',
    });
    assert.equal(service.state.is, 'failed');
  });

  it('launches one at a time for all who wait, and streams what Blender writes', async () => {
    const peer = await blender();
    let underWay = 0;
    const thisMachine = ours(async () => {
      underWay += 1;
      assert.equal(underWay, 1);
      await sleep(30);
      underWay -= 1;
      return { host: '127.0.0.1', port: peer.port };
    });
    const { service } = rig({ 'avatarForge.workstation.provider': 'thisMachine' }, { thisMachine });
    const asked = [service.endpoint(), service.endpoint(), service.endpoint()];
    await until(() => service.state.is === 'starting', 'it starts');
    await Promise.all(asked);
    assert.match(service.log().join('\n'), /blender: hello from Blender/);
  });

  it('goes to sleep when nobody needs it, and wakes with its scene', async () => {
    const peer = await blender();
    let stops = 0;
    const thisMachine = ours(
      () => Promise.resolve({ host: '127.0.0.1', port: peer.port }),
      () => void (stops += 1),
    );
    const { service } = rig(
      { 'avatarForge.workstation.provider': 'thisMachine', 'avatarForge.idleMinutes': 0.001 },
      { thisMachine },
    );
    await service.start();
    await until(() => service.state.is === 'idle' && stops === 1, 'it sleeps');
    await service.endpoint();
    const saved = peer.calls.filter(({ method }) => method === 'checkpoint').map(({ params }) => params);
    assert.deepEqual(saved, [
      { action: 'create', label: 'before sleeping' },
      { action: 'restore', id: 'cp-1' },
    ]);
  });
});

describe('an endpoint', () => {
  it('is read from the setting', () => {
    assert.deepEqual(parseEndpoint('tcp://[::1]:4000'), { host: '::1', port: 4000 });
    assert.deepEqual(parseEndpoint('box.local'), { host: 'box.local', port: 9876 });
    for (const wrong of ['', 'http://x:1', 'tcp://', 'tcp://x:1/path', 'tcp://x:99999']) {
      assert.throws(() => parseEndpoint(wrong), { code: 'bad-endpoint' }, wrong);
    }
  });
});
