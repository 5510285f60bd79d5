import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../src/server/config.ts';
import { certificates } from '../../support/certificates.ts';

describe('the server’s configuration', () => {
  it('is the embedded workstation, asking about code, where nothing is said', () => {
    const { endpoint, codePolicy } = readConfig({});
    assert.deepEqual([endpoint, codePolicy], [null, 'ask']);
  });

  it('takes BLENDER_HOST and BLENDER_PORT with the defaults of blender-mcp', () => {
    assert.deepEqual(readConfig({ BLENDER_HOST: 'box' }).endpoint, { host: 'box', port: 9876 });
    assert.deepEqual(readConfig({ BLENDER_PORT: '1234' }).endpoint, { host: 'localhost', port: 1234 });
  });

  it('takes a URL and a token before them', () => {
    const env = { AVATAR_FORGE_URL: 'tcp://127.0.0.1:5', AVATAR_FORGE_TOKEN: 't', BLENDER_PORT: '1' };
    assert.deepEqual(readConfig(env).endpoint, { host: '127.0.0.1', port: 5, token: 't' });
  });

  it('takes tls and wss, and whom to trust and what to say there', () => {
    const { server } = certificates();
    const folder = mkdtempSync(join(tmpdir(), 'avatar-forge-config-'));
    try {
      const AVATAR_FORGE_CA = join(folder, 'ca.pem');
      writeFileSync(AVATAR_FORGE_CA, server.cert);
      const AVATAR_FORGE_URL = 'wss://box/blender';
      assert.deepEqual(
        readConfig({ AVATAR_FORGE_URL, AVATAR_FORGE_CA, AVATAR_FORGE_TUNNEL_TOKEN: 'secret' }).endpoint,
        {
          host: 'box',
          port: 443,
          tunnel: { url: AVATAR_FORGE_URL, ca: server.cert, headers: { authorization: 'Bearer secret' } },
        },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
    const pinned = { AVATAR_FORGE_URL: 'tls://[::1]:5', AVATAR_FORGE_FINGERPRINT: 'AB:'.repeat(31) + 'AB' };
    assert.deepEqual(readConfig({ ...pinned, AVATAR_FORGE_TOKEN: 't' }).endpoint, {
      host: '::1',
      port: 5,
      token: 't',
      tunnel: { url: 'tls://[::1]:5', fingerprint: 'ab'.repeat(32) },
    });
    const local = readConfig({ AVATAR_FORGE_URL: 'ws://localhost:9877/blender' }).endpoint;
    assert.deepEqual(local?.tunnel, { url: 'ws://localhost:9877/blender' });
  });

  it('has the addresses of services on the web, and keys of theirs where there is no editor', () => {
    const { services } = readConfig({
      AVATAR_FORGE_FAL_URL: 'http://127.0.0.1:5',
      AVATAR_FORGE_FAL_KEY: 'k',
    });
    assert.equal(services.polyHaven.href, 'https://api.polyhaven.com/');
    assert.equal(services.fal.href, 'http://127.0.0.1:5/');
    assert.deepEqual(services.keys, { hyper3d: null, fal: 'k' });
  });

  for (const env of [
    { AVATAR_FORGE_POLYHAVEN_URL: 'http://api.example.com' },
    { AVATAR_FORGE_HYPER3D_URL: 'https://user:hush@example.com' },
    { AVATAR_FORGE_HYPER3D_KEY: 'hush\nhush' },
    { BLENDER_PORT: 'x' },
    { BLENDER_PORT: '70000' },
    { AVATAR_FORGE_CODE_POLICY: 'yes' },
    { AVATAR_FORGE_URL: 'nonsense' },
    { AVATAR_FORGE_URL: 'https://box' },
    { AVATAR_FORGE_URL: 'tls://box' },
    { AVATAR_FORGE_URL: 'ws://box:80/blender' },
    { AVATAR_FORGE_URL: 'wss://user:hush@box/blender' },
    { AVATAR_FORGE_CA: '/nowhere.pem', AVATAR_FORGE_URL: 'wss://box/blender' },
    { AVATAR_FORGE_CA: import.meta.filename, AVATAR_FORGE_URL: 'wss://box/blender' },
    { AVATAR_FORGE_FINGERPRINT: 'hush', AVATAR_FORGE_URL: 'wss://box/blender' },
    { AVATAR_FORGE_FINGERPRINT: 'ab'.repeat(32), AVATAR_FORGE_URL: 'tcp://127.0.0.1' },
    { AVATAR_FORGE_TUNNEL_TOKEN: 'hush hush', AVATAR_FORGE_URL: 'wss://box/blender' },
    { AVATAR_FORGE_TUNNEL_TOKEN: 'hush', AVATAR_FORGE_URL: 'tls://box:1' },
  ]) {
    const [name] = Object.keys(env);
    it(`refuses ${JSON.stringify(env)} by name`, () => {
      assert.throws(() => readConfig(env), {
        code: 'bad-config',
        message: new RegExp(`^${name!}(?!.*hush)`),
      });
    });
  }
});
