import assert from 'node:assert/strict';
import { gatherFacts } from '../../../src/adapters/doctor.ts';
import { findInstallation } from '../../../src/adapters/home.ts';
import { withProxy } from '../../../src/extension/mcp/proxy.ts';
import { providers } from '../../../src/extension/workstations/index.ts';
import type { Place } from '../../../src/extension/workstations/provider.ts';
import { certificates } from '../../support/certificates.ts';
import { closeAll, until } from '../../unit/control/support.ts';
import { secretsOver, settingsOver } from '../../unit/extension/settingsFake.ts';
import { closeAll as closeProxies, proxy, tlsEcho, webSocketServer } from '../transports/support.ts';
import { emulator, rejection } from './support.ts';

type Network = () => Readonly<Record<string, string | undefined>>;

describe('the proxy of the editor’s settings', () => {
  afterEach(async () => {
    await closeAll();
    await closeProxies();
  });

  /** It alone knows the name forge.test. */
  async function proxied(): Promise<{ readonly network: Network; readonly asked: () => unknown[] }> {
    const { port, asked } = await proxy(200);
    const http: Record<string, unknown> = { proxy: `http://127.0.0.1:${port}` };
    return {
      network: () => withProxy({}, { getConfiguration: () => ({ get: (name) => http[name] }) }),
      asked: () => [...new Set(asked.map(({ target }) => target))],
    };
  }

  async function placeIn(
    url: string,
    network: Network,
    values: Record<string, unknown> = {},
    kept = new Map<string, string>(),
  ): Promise<Place> {
    const { settings } = settingsOver({
      'avatarForge.kasm.url': url,
      'avatarForge.kasm.image': 'Avatar Forge',
      'avatarForge.kasm.user': 'ada@example.com',
      ...values,
    });
    const secrets = secretsOver(kept);
    await secrets
      .kasm('key', url)
      .save(JSON.stringify({ key: 'emulated-api-key', secret: 'emulated-api-key-secret' }));
    const none = (): void => undefined;
    const installation = findInstallation(import.meta.dirname);
    const home = '/nowhere';
    return providers.kasm.open({
      settings,
      secrets,
      installation,
      env: {},
      network,
      home,
      onStage: none,
      onLine: none,
    });
  }

  it('leads to Kasm, whose certificate is judged all the same', async () => {
    const { network, asked } = await proxied();
    const port = await tlsEcho();
    const place = await placeIn(`https://forge.test:${port}`, network);
    assert.equal((await rejection(place.launch())).code, 'kasm-tls');
    assert.deepEqual(asked(), [`forge.test:${port}`]);
  });

  it('leads to the Blender of a session', async () => {
    const { network, asked } = await proxied();
    const kasm = await emulator({ onLaunch: () => ({ port: 1, close: () => Promise.resolve() }) });
    const port = await tlsEcho();
    const relay = `forge.test:${port}`;
    const kept = new Map([[`avatarForge.token:${relay}`, 'a key of the relay']]);
    const place = await placeIn(kasm.url, network, { 'avatarForge.kasm.relay': `wss://${relay}` }, kept);
    const launching = rejection(place.launch());
    await until(() => place.ways?.()[1]?.outcome === 'certificate-refused', 'the relay was tried');
    assert.deepEqual(asked(), [relay]);
    await place.stop();
    assert.equal((await launching).code, 'cancelled');
  });

  it('leads the doctor to a Blender, where rclone’s environment names none', async () => {
    const { network, asked } = await proxied();
    const port = await webSocketServer(() => undefined);
    const { route } = await gatherFacts({
      version: '0.0.0',
      env: {},
      network: network(),
      remotes: [],
      local: false,
      blender: undefined,
      headless: true,
      home: '/nowhere',
      production: null,
      remote: null,
      blenderPort: null,
      endpoint: {
        host: 'forge.test',
        port,
        tunnel: {
          url: `wss://forge.test:${port}/blender`,
          headers: { authorization: 'Bearer secret' },
          ca: certificates().authority.cert,
        },
      },
    });
    assert.deepEqual([route?.tls.is, route?.agent.is], ['found', 'found']);
    assert.deepEqual(asked(), [`forge.test:${port}`]);
  });
});
