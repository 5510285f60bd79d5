import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SettingValues } from '../../../src/extension/settings.ts';
import { storageEnvOf } from '../../../src/extension/storageEnv.ts';
import { secretsOver, settingsOver } from './settingsFake.ts';

const manifest = z
  .object({
    contributes: z.object({
      configuration: z.object({ properties: z.record(z.string(), z.looseObject({ default: z.unknown() })) }),
    }),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));
const declared = manifest.contributes.configuration.properties;

describe('the settings', () => {
  it('are those of package.json, with the same defaults', () => {
    const { settings } = settingsOver({});
    for (const [name, { default: value }] of Object.entries(declared)) {
      const short = name.replace('avatarForge.', '') as keyof SettingValues;
      assert.deepEqual(settings.get(short), value, name);
    }
  });

  it('give the default for what cannot be, and tell of it', () => {
    const { settings } = settingsOver({
      'avatarForge.codePolicy': 'whatever',
      'avatarForge.idleMinutes': -1,
      'avatarForge.home': ' /data ',
    });
    assert.equal(settings.get('codePolicy'), 'ask');
    assert.equal(settings.get('idleMinutes'), 0);
    assert.equal(settings.get('home'), '/data');
    assert.deepEqual(settings.invalid(), ['avatarForge.codePolicy', 'avatarForge.idleMinutes']);
  });

  it('tell which of them changed', () => {
    const { settings, set } = settingsOver({});
    const heard: unknown[] = [];
    settings.onDidChange((names) => heard.push(names));
    set('avatarForge.codePolicy', 'deny');
    set('editor.fontSize', 12);
    assert.deepEqual(heard, [['codePolicy']]);
    assert.equal(settings.get('codePolicy'), 'deny');
  });

  it('name the rclone to use, in place of the one of the environment', () => {
    const env = { AVATAR_FORGE_RCLONE: '/usr/bin/rclone', PATH: '/bin' };
    const { settings, set } = settingsOver({});
    assert.deepEqual(storageEnvOf(settings, env), env);
    set('avatarForge.storage.rclonePath', '/opt/rclone');
    assert.deepEqual(storageEnvOf(settings, env), { AVATAR_FORGE_RCLONE: '/opt/rclone', PATH: '/bin' });
  });

  it('let no workspace loosen the policy or choose the program that is run', () => {
    for (const name of [
      'codePolicy',
      'workstation.blenderPath',
      'storage.rclonePath',
      'home',
      'kasm.url',
      'kasm.image',
      'kasm.user',
    ]) {
      assert.equal(declared[`avatarForge.${name}`]?.['scope'], 'machine', name);
    }
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const name of ['workstation.provider', 'workstation.endpoint', 'production.folder']) {
      assert.ok(restrictedConfigurations.includes(`avatarForge.${name}`), name);
    }
  });
});

describe('a token', () => {
  it('is kept for the one address it was given for', async () => {
    const kept = new Map<string, string>();
    const secrets = secretsOver(kept);
    await secrets.setToken('Host:9876', 's');
    assert.equal(await secrets.token('host:9876'), 's');
    assert.equal(await secrets.token('host:9877'), undefined);
    await secrets.clearToken('host:9876');
    assert.equal(kept.size, 0);
  });
});
