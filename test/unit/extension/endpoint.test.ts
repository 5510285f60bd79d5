import assert from 'node:assert/strict';
import { clientConfiguration } from '../../../src/extension/mcp/configuration.ts';
import { addressOf, endpoint, parseEndpoint, urlOf } from '../../../src/extension/workstations/endpoint.ts';
import type { ProviderContext } from '../../../src/extension/workstations/provider.ts';
import { secretsOver, settingsOver } from './settingsFake.ts';
import { clientHeader } from '../../../src/protocol/relay.ts';

const fingerprint = 'ab'.repeat(32);

/** What the provider gives for these settings, with a token kept for the address. */
async function launched(url: string, token: string, more: Record<string, string> = {}) {
  const secrets = secretsOver();
  await secrets.setToken(addressOf(parseEndpoint(url)), token);
  const { settings } = settingsOver({ 'avatarForge.workstation.endpoint': url, ...more });
  const context = { settings, secrets, onStage: () => undefined };
  return endpoint.open(context as unknown as ProviderContext).launch();
}

describe('the endpoint of the settings', () => {
  it('is an address of each kind, and goes back to what it was', () => {
    for (const url of [
      'tcp://127.0.0.1:9876',
      'tls://forge.example:9876',
      'wss://forge.example:9877/blender',
    ])
      assert.equal(urlOf(parseEndpoint(url)), url);
    assert.deepEqual(parseEndpoint('[::1]:1234'), { host: '::1', port: 1234 });
    assert.equal(addressOf(parseEndpoint('wss://relay.example/instances/desk')), 'relay.example:443');
  });

  for (const text of [
    'http://a:1',
    'tcp://a:1/path',
    'wss://name:secret@a/b',
    'tcp://',
    'a b',
    'ws://127.0.0.1:1/x',
  ])
    it(`is not ${text}`, () => assert.throws(() => parseEndpoint(text), { code: 'bad-endpoint' }));

  it('proves a token to Blender, and shows one to who stands before it', async () => {
    assert.deepEqual(await launched('tcp://127.0.0.1:9876', 'secret'), {
      host: '127.0.0.1',
      port: 9876,
      token: 'secret',
    });
    const tls = await launched('tls://forge.example:1', 'secret', {
      'avatarForge.workstation.fingerprint': fingerprint.toUpperCase(),
    });
    assert.deepEqual([tls.token, tls.tunnel], ['secret', { url: 'tls://forge.example:1', fingerprint }]);
    const wss = await launched('wss://forge.example/blender', 'secret');
    assert.equal(wss.token, undefined);
    const { Authorization, [clientHeader]: window = '' } = wss.tunnel?.headers ?? {};
    assert.equal(Authorization, 'Bearer secret');
    assert.match(window, /^[0-9a-f-]{36}$/);
    const again = await launched('wss://forge.example/blender', 'secret');
    assert.equal(again.tunnel?.headers?.[clientHeader], window, 'one client in one window');
  });

  it('is copied for other clients by the variables they know, without its token', () => {
    const to = { ...parseEndpoint('wss://forge.example/blender'), token: 'secret' };
    const tunnel = { url: urlOf(to), fingerprint };
    const text = clientConfiguration({
      installation: { cli: '/cli.js' },
      execPath: '/node',
      home: '/home',
      endpoint: { ...to, tunnel },
    });
    assert.match(text, /"AVATAR_FORGE_URL": "wss:\/\/forge\.example\/blender"/);
    assert.match(text, new RegExp(`"AVATAR_FORGE_FINGERPRINT": "${fingerprint}"`));
    assert.match(text, /"AVATAR_FORGE_TUNNEL_TOKEN": ""/);
    assert.doesNotMatch(text, /secret/);
  });
});
