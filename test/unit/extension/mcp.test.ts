import assert from 'node:assert/strict';
import { clientConfiguration, editorConfiguration } from '../../../src/extension/mcp/configuration.ts';
import { proxyVariables } from '../../../src/extension/mcp/proxy.ts';
import { controlEnv, serverLaunch } from '../../../src/extension/mcp/definition.ts';

const installation = { cli: '/ext/dist/cli.js', version: '1.2.3' };
const execPath = '/editor/code';

describe('the MCP server as the editor is told of it', () => {
  const launch = serverLaunch({ installation, execPath, home: '/home/avatars', build: 'abc' });

  it('is the bundled one, run by the editor’s own Node', () => {
    assert.deepEqual(launch, {
      label: 'Avatar Forge',
      command: execPath,
      args: ['/ext/dist/cli.js', 'mcp'],
      env: { ELECTRON_RUN_AS_NODE: '1', AVATAR_FORGE_HOME: '/home/avatars' },
      version: '1.2.3+abc',
    });
  });

  it('gets the way to the control channel only when it is started', () => {
    assert.doesNotMatch(JSON.stringify(launch), /CONTROL|TOKEN/);
    assert.deepEqual(controlEnv({ path: '/tmp/x/control', token: 't' }), {
      AVATAR_FORGE_CONTROL: '/tmp/x/control',
      AVATAR_FORGE_CONTROL_TOKEN: 't',
    });
  });
});

describe('the editor’s proxy, as our server is told of it', () => {
  const told = (http: Record<string, unknown>) =>
    proxyVariables({ getConfiguration: (section) => ({ get: (name) => http[`${section}.${name}`] }) });

  it('is in its environment, in place of what is there', () => {
    assert.deepEqual(told({ 'http.proxy': ' http://proxy.test:3128 ' }), {
      HTTPS_PROXY: 'http://proxy.test:3128',
      https_proxy: null,
    });
    const more = { 'http.noProxy': ['a.test', '*.b.test'], 'http.proxyStrictSSL': false };
    assert.deepEqual(told({ 'http.proxy': 'http://proxy.test:3128', ...more }), {
      HTTPS_PROXY: 'http://proxy.test:3128',
      https_proxy: null,
      NO_PROXY: 'a.test,*.b.test',
      no_proxy: null,
      AVATAR_FORGE_PROXY_UNVERIFIED: '1',
    });
  });

  it('is left to the environment where the settings name none, or none is wanted', () => {
    assert.deepEqual(told({}), {});
    assert.deepEqual(told({ 'http.proxy': '', 'http.proxyStrictSSL': false }), {});
    assert.deepEqual(told({ 'http.proxy': 'http://proxy.test:3128', 'http.proxySupport': 'off' }), {});
  });
});

describe('the configuration for other clients', () => {
  const server = { installation, execPath, home: '/h' };
  const endpoint = { host: '::1', port: 9876, token: 'secret' };

  it('asks the user for a token and never holds it', () => {
    const text = editorConfiguration({ ...server, endpoint });
    assert.doesNotMatch(text, /secret/);
    const { inputs, servers } = JSON.parse(text) as Record<string, Record<string, unknown>>;
    assert.deepEqual(inputs?.[0], {
      type: 'promptString',
      id: 'avatar-forge-token',
      description: 'Token of the Blender',
      password: true,
    });
    assert.deepEqual(servers?.['avatar-forge'], {
      type: 'stdio',
      command: execPath,
      args: ['/ext/dist/cli.js', 'mcp'],
      env: {
        ELECTRON_RUN_AS_NODE: '1',
        AVATAR_FORGE_HOME: '/h',
        AVATAR_FORGE_URL: 'tcp://[::1]:9876',
        AVATAR_FORGE_TOKEN: '${input:avatar-forge-token}',
      },
    });
    assert.doesNotMatch(clientConfiguration({ ...server, endpoint }), /secret/);
  });

  it('leaves Blender to the server where there is no address', () => {
    const { mcpServers } = JSON.parse(clientConfiguration({ ...server, endpoint: null })) as {
      mcpServers: Record<string, { env: object }>;
    };
    assert.deepEqual(mcpServers['avatar-forge']?.env, {
      ELECTRON_RUN_AS_NODE: '1',
      AVATAR_FORGE_HOME: '/h',
    });
  });
});
