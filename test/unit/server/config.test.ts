import assert from 'node:assert/strict';
import { readConfig } from '../../../src/server/config.ts';

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

  for (const env of [
    { BLENDER_PORT: 'x' },
    { BLENDER_PORT: '70000' },
    { AVATAR_FORGE_CODE_POLICY: 'yes' },
    { AVATAR_FORGE_URL: 'wss://relay' },
    { AVATAR_FORGE_URL: 'nonsense' },
  ]) {
    const [name] = Object.keys(env);
    it(`refuses ${JSON.stringify(env)} by name`, () => {
      assert.throws(() => readConfig(env), { code: 'bad-config', message: new RegExp(name!) });
    });
  }
});
