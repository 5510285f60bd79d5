import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { skip } from '../support/skip.ts';
import { blenderWords } from './support/blender.ts';

const addon = join(import.meta.dirname, '../../blender-addon/avatar_forge');
const seen = z.object({
  modules: z.array(z.string()),
  port: z.number(),
  addon: z.string(),
  preferences: z.boolean(),
});

describe('add-on, as an extension', function () {
  this.timeout(120_000);

  it('is built, validated, installed, enabled and started', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-extension-'));
    const blender = async (...args: readonly string[]): Promise<string> => {
      const [file = 'blender', ...words] = blenderWords();
      const { stdout } = await promisify(execFile)(file, [...words, ...args], {
        timeout: 60_000,
        env: { ...process.env, BLENDER_USER_RESOURCES: folder, AVATAR_FORGE_PORT: '0' },
      });
      return stdout;
    };
    const [, major, minor] = /^Blender (\d+)\.(\d+)/m.exec(await blender('--version')) ?? [];
    if (Number(major) * 100 + Number(minor) < 402) skip(this, 'extensions are from Blender 4.2 on');

    const zip = join(folder, 'avatar_forge.zip');
    const build = ['--command', 'extension', 'build', '--source-dir', addon, '--output-filepath', zip];
    await blender('-b', '--factory-startup', ...build);
    await blender('--command', 'extension', 'validate', zip);
    await blender('--command', 'extension', 'install-file', '-r', 'user_default', '-e', zip);
    const code = `
import bpy, importlib, json
modules = [addon.module for addon in bpy.context.preferences.addons if "avatar_forge" in addon.module]
runtime = importlib.import_module(modules[0] + ".runtime")
server = runtime.start()
print("RESULT", json.dumps({"modules": modules, "port": server.port, "addon": server.identity.addon,
                            "preferences": runtime.settings.preferences().autostart}))
runtime.stop()`;
    const stdout = await blender('-b', '--python-exit-code', '1', '--python-expr', code);
    const {
      modules,
      port,
      addon: version,
      preferences,
    } = seen.parse(JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? 'null'));
    assert.deepEqual(modules, ['bl_ext.user_default.avatar_forge']);
    assert.ok(port > 0);
    assert.equal(preferences, true);
    const manifest = await readFile(join(addon, 'blender_manifest.toml'), 'utf8');
    assert.equal(version, /^version = "(.*)"$/m.exec(manifest)?.[1]);
    await rm(folder, { recursive: true });
  });
});
