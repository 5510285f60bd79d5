import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificate } from '../../../src/agent/certificate.ts';
import { readAgentConfig, readWorkstationConfig } from '../../../src/agent/config.ts';
import { LoginDelays } from '../../../src/agent/loginDelays.ts';
import { certificates } from '../../support/certificates.ts';

const AVATAR_FORGE_AGENT_TOKEN = 'hush'.repeat(4);
const plain = { selfSigned: false };

describe('the agent’s configuration', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'avatar-forge-agent-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is loopback and this machine’s Blender, where only a token is set', () => {
    assert.deepEqual(readAgentConfig({ AVATAR_FORGE_AGENT_TOKEN }, plain), {
      host: '127.0.0.1',
      port: 9877,
      token: AVATAR_FORGE_AGENT_TOKEN,
      origins: [],
      certificate: { is: 'none' },
      blender: { host: '127.0.0.1', port: 9876 },
      maxClients: 8,
    });
  });

  it('takes the token from a file, and a certificate', () => {
    const { cert, key } = certificates().server;
    const { token, certificate, origins } = readAgentConfig(
      {
        AVATAR_FORGE_AGENT_HOST: '0.0.0.0',
        AVATAR_FORGE_AGENT_TOKEN_FILE: file('token', `${AVATAR_FORGE_AGENT_TOKEN}\n`),
        AVATAR_FORGE_AGENT_CERT: file('cert', cert),
        AVATAR_FORGE_AGENT_KEY: file('key', key),
        AVATAR_FORGE_AGENT_ORIGINS: 'https://a.test, https://b.test',
      },
      plain,
    );
    assert.deepEqual(
      [token, certificate, origins],
      [AVATAR_FORGE_AGENT_TOKEN, { is: 'files', cert, key }, ['https://a.test', 'https://b.test']],
    );
  });

  it('is never idle, and opens nothing at once, where nothing is said', () => {
    assert.deepEqual(readWorkstationConfig({ AVATAR_FORGE_HOME: '/h' }), {
      blender: { host: '127.0.0.1', port: 9876 },
      idleMs: 0,
      home: '/h',
      scratch: undefined,
      blenderArgs: undefined,
      reopen: 'restart',
    });
    const { blender, idleMs, blenderArgs } = readWorkstationConfig({
      AVATAR_FORGE_TOKEN: 'hush',
      AVATAR_FORGE_IDLE_MINUTES: '0.5',
      AVATAR_FORGE_BLENDER_ARGS: ' --disable-autoexec  --addons x ',
    });
    assert.deepEqual(
      [blender.token, idleMs, blenderArgs],
      ['hush', 30_000, ['--disable-autoexec', '--addons', 'x']],
    );
    for (const wrong of [{ AVATAR_FORGE_REOPEN: 'never' }, { AVATAR_FORGE_IDLE_MINUTES: '-1' }]) {
      const named = new RegExp(`^${Object.keys(wrong)[0]}`);
      assert.throws(() => readWorkstationConfig(wrong), { code: 'bad-config', message: named });
    }
  });

  it('does not start where that is not safe', () => {
    for (const AVATAR_FORGE_AGENT_HOST of ['0.0.0.0', '::', '192.0.2.1', 'forge.test']) {
      assert.throws(() => readAgentConfig({ AVATAR_FORGE_AGENT_TOKEN, AVATAR_FORGE_AGENT_HOST }, plain), {
        code: 'unsafe-listen',
        message: /TLS/,
      });
    }
    for (const env of [{}, { AVATAR_FORGE_AGENT_TOKEN: '' }, { AVATAR_FORGE_AGENT_HOST: '0.0.0.0' }]) {
      assert.throws(() => readAgentConfig(env, { selfSigned: true }), {
        code: 'unsafe-listen',
        message: /token/,
      });
    }
  });

  for (const env of [
    { AVATAR_FORGE_AGENT_TOKEN: 'hush' },
    { AVATAR_FORGE_AGENT_TOKEN: 'hush hush hush hush hush' },
    { AVATAR_FORGE_AGENT_TOKEN_FILE: '/nowhere/token' },
    { AVATAR_FORGE_AGENT_KEY: '/nowhere/key', AVATAR_FORGE_AGENT_CERT: import.meta.filename },
    { AVATAR_FORGE_AGENT_CERT: '/nowhere/cert' },
    { AVATAR_FORGE_AGENT_PORT: '70000' },
    { AVATAR_FORGE_BLENDER_PORT: 'x' },
    { AVATAR_FORGE_AGENT_MAX_CLIENTS: '0' },
  ]) {
    it(`refuses ${JSON.stringify(Object.keys(env)[0])}`, () => {
      assert.throws(() => readAgentConfig({ AVATAR_FORGE_AGENT_TOKEN, ...env }, plain), {
        code: 'bad-config',
        message: /^AVATAR_FORGE_(?!.*hush)/,
      });
    });
  }

  it('makes a certificate, keeps it for the next start, and its key to itself', async () => {
    const source = { is: 'self-signed', folder } as const;
    const first = await openCertificate(source, 'forge.test');
    const second = await openCertificate(source, 'forge.test');
    assert.match(first?.fingerprint ?? '', /^[\da-f]{64}$/);
    assert.deepEqual(second, first);
    assert.equal(statSync(join(folder, 'agent/key.pem')).mode & 0o077, 0);
    assert.equal(readFileSync(join(folder, 'agent/certificate.pem'), 'utf8'), first?.cert);
    const files = { is: 'files', cert: 'nonsense', key: '' } as const;
    await assert.rejects(openCertificate(files, 'x'), { code: 'bad-config' });
    assert.equal(await openCertificate({ is: 'none' }, 'x'), null);
  });

  it('doubles the delay of an address up to 4 s, and forgets', () => {
    const delays = new LoginDelays();
    const ofA = Array.from({ length: 6 }, () => delays.failed('a', 0));
    assert.deepEqual(ofA, [250, 500, 1_000, 2_000, 4_000, 4_000]);
    assert.equal(delays.failed('b', 0), 250);
    assert.equal(delays.failed('a', 15 * 60_000 + 1), 250);
    for (let n = 0; n < 10_000; n += 1) delays.failed(String(n), 0);
    assert.equal(delays.failed('b', 0), 250);
  });
});
