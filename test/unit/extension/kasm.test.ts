import assert from 'node:assert/strict';
import { findInstallation } from '../../../src/adapters/home.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { providers } from '../../../src/extension/workstations/index.ts';
import type { Place, ProviderContext } from '../../../src/extension/workstations/provider.ts';
import { CurrentWorkstation } from '../../../src/extension/workstations/service.ts';
import type { Request } from '../../../src/protocol/wire.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { KasmEmulator } from '../../emulators/kasm.ts';
import { afterwards, closeAll, until } from '../control/support.ts';
import { secretsOver, settingsOver } from './settingsFake.ts';

const installation = findInstallation(import.meta.dirname);
const configured = (url: string) => ({
  'avatarForge.kasm.url': url,
  'avatarForge.kasm.image': 'Avatar Forge',
  'avatarForge.kasm.user': 'ada@example.com',
});

function placeIn(values: Record<string, unknown>, kept = new Map<string, string>()): Place {
  const { settings } = settingsOver(values);
  const context: ProviderContext = {
    settings,
    secrets: secretsOver(kept),
    installation,
    env: {},
    network: () => ({}),
    home: '/nowhere',
    onStage: () => undefined,
    onLine: () => undefined,
  };
  return providers.kasm.open(context);
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'nothing was thrown',
    (thrown: unknown) => (thrown instanceof ForgeError ? `${thrown.code}: ${thrown.next}` : String(thrown)),
  );
}

describe('the provider kasm', () => {
  afterEach(closeAll);

  it('says which setting it lacks, and that it lacks its key', async () => {
    const all = configured('https://kasm.example.com');
    assert.match(await codeOf(placeIn({}).launch()), /^kasm-not-configured: Set avatarForge\.kasm\.image\.$/);
    assert.match(
      await codeOf(placeIn({ ...all, 'avatarForge.kasm.url': '' }).launch()),
      /Set avatarForge\.kasm\.url\.$/,
    );
    assert.match(await codeOf(placeIn(all).launch()), /^kasm-no-key: Run the command Set Kasm API key/);
    const plain = { ...all, 'avatarForge.kasm.url': 'http://kasm.example.com' };
    assert.match(await codeOf(placeIn(plain).launch()), /^kasm-bad-url/);
  });

  it('keeps the key of each Kasm apart, and asks for a session with it', async () => {
    const kasm = await KasmEmulator.listen();
    afterwards(() => kasm.close());
    kasm.faults.add('no-resources');
    const kept = new Map<string, string>();
    await secretsOver(kept).kasm('key', kasm.url).save(JSON.stringify(kasm.key));
    const place = placeIn(configured(kasm.url), kept);
    assert.equal(place.label, `Kasm (${new URL(kasm.url).host})`);
    assert.match(await codeOf(place.launch()), /^kasm-no-resources/);
    assert.equal(kasm.count('request_kasm'), 1);
    await place.stop();
    assert.match(await codeOf(placeIn(configured('https://other.example'), kept).launch()), /^kasm-no-key/);
  });

  it('tells its session the user’s own relay key where one is kept, and no other key', async () => {
    const kasm = await KasmEmulator.listen();
    afterwards(() => kasm.close());
    kasm.faults.add('no-resources');
    const kept = new Map([['avatarForge.token:relay.example:443', 'of scope client']]);
    const secrets = secretsOver(kept);
    await secrets.kasm('key', kasm.url).save(JSON.stringify(kasm.key));
    const values = { ...configured(kasm.url), 'avatarForge.kasm.relay': 'wss://relay.example' };
    const told = async (): Promise<unknown> => {
      await placeIn(values, kept)
        .launch()
        .catch(() => undefined);
      return kasm.calls.findLast(({ name }) => name === 'request_kasm')?.body['environment'];
    };
    const without = JSON.stringify(await told());
    assert.ok(without.includes('wss://relay.example') && !without.includes('RELAY_KEY'));
    await secrets.relayAgent('relay.example:443').save('of scope agent');
    const own = JSON.stringify(await told());
    assert.match(own, /"AVATAR_FORGE_RELAY_KEY":"of scope agent"/);
    assert.doesNotMatch(own, /of scope client/);
  });

  it('is stopped for us though Kasm does not let its session go, and another can take its place', async () => {
    const { service, set } = await rig({
      stop: () => Promise.reject(new ForgeError('kasm-destroy-stuck', 'It is still there.', 'Wait.')),
    });
    await service.start();
    assert.match(await codeOf(service.stop()), /^kasm-destroy-stuck/);
    assert.equal(service.state.is, 'stopped');
    await service.start();
    set('avatarForge.workstation.provider', 'endpoint');
    await until(() => service.log().some((line) => line.includes('It is still there.')), 'it is told of');
    await until(() => service.info().label === '127.0.0.1:1', 'it is replaced');
  });

  it('has its session outlive the window, keeps it alive while used, and shows its page', async () => {
    const heard: string[] = [];
    const note = (what: string) => (): Promise<void> => Promise.resolve(void heard.push(what));
    const { service } = await rig({
      stop: note('stopped'),
      keepAlive: note('kept alive'),
      screenUrl: () => 'https://kasm.example.com/#/session/1',
      ways: () => [{ way: 'front proxy', outcome: 'reached' }],
    });
    await service.start();
    await until(() => heard.includes('kept alive'), 'it is kept alive');
    assert.equal(service.info().screenUrl, 'https://kasm.example.com/#/session/1');
    assert.deepEqual(service.info().ways, [{ way: 'front proxy', outcome: 'reached' }]);
    await service.dispose();
    assert.ok(!heard.includes('stopped'), 'closing the window is no order to end it');
  });

  it('is saved before it is stopped, too, where a server works in it and the window has not connected yet', async () => {
    let hangUp = (): void => undefined;
    let launches = 0;
    const { service, calls } = await rig({
      onLaunch: async () => {
        launches += 1;
        if (launches > 1) await new Promise<void>((resolve) => (hangUp = resolve));
      },
      stop: async () => {
        hangUp();
        await Promise.resolve();
      },
      projects: { keep: () => Promise.resolve(), take: () => Promise.resolve(null) },
    });
    await service.endpoint(); // as a server asks for it
    await until(() => launches === 2, 'the window connects');
    assert.equal(service.state.is, 'connecting');
    await service.stop();
    assert.deepEqual(
      calls.map(({ method }) => method),
      ['save_project'],
    );
  });

  it('is saved as a project before it is ended, stopped or idle, and goes on with that when it is launched again', async () => {
    let kept: string | null = null;
    const ends: (string | null)[] = [];
    const end = (): Promise<void> => Promise.resolve(void ends.push(kept));
    const { service, set, calls } = await rig({
      stop: end,
      projects: {
        keep: (name) => Promise.resolve(void (kept = name)),
        take: () => {
          const taken = kept;
          kept = null;
          return Promise.resolve(taken);
        },
      },
    });
    const scenes = (): unknown[] =>
      calls
        .filter(({ method }) => /project|checkpoint/.test(method))
        .map(({ method, params }) => [method, params]);
    await service.start();
    await service.stop();
    await service.start();
    const [save, open] = [
      ['save_project', {}],
      ['open_project', { name: 'Hero-1.blend' }],
    ];
    assert.deepEqual(scenes(), [save, open]);
    set('avatarForge.idleMinutes', 0.001);
    await until(() => ends.length === 2, 'it is put away');
    set('avatarForge.idleMinutes', 0);
    assert.deepEqual(ends, ['Hero-1.blend', 'Hero-1.blend'], 'its name was kept before it ended');
    await service.start();
    assert.deepEqual(scenes(), [save, open, save, open]);
  });
});

/** The current workstation, with a Blender that listens in place of one in Kasm. */
async function rig({ onLaunch, ...change }: Partial<Place> & { onLaunch?: () => Promise<void> }) {
  const calls: Request[] = [];
  const peer = new ForgePeer({
    onRequest: (request, to) => {
      calls.push(request);
      const saved = { file: { root: 'projects', name: 'Hero-1.blend' } };
      to.send({ id: request.id, result: request.method === 'save_project' ? saved : { id: 'cp-1' } });
    },
  });
  const port = await peer.listen(0);
  afterwards(() => peer.close());
  const { settings, set } = settingsOver({
    'avatarForge.workstation.provider': 'kasm',
    'avatarForge.workstation.endpoint': 'tcp://127.0.0.1:1',
  });
  const open: typeof providers.kasm.open = ({ onStage }) => ({
    label: 'Kasm',
    outlivesEditor: true,
    launch: async () => {
      onStage('launched');
      onStage('listening');
      await onLaunch?.();
      return { host: '127.0.0.1', port };
    },
    stop: () => Promise.resolve(),
    ...change,
  });
  const service = new CurrentWorkstation({
    settings,
    secrets: secretsOver(),
    installation,
    env: {},
    network: () => ({}),
    home: () => '/nowhere',
    providers: { ...providers, kasm: { ...providers.kasm, open } },
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined },
    pulseMs: 5,
  });
  afterwards(() => service.dispose());
  return { service, set, calls };
}
