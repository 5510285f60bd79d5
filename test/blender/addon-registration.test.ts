import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { blenderWords, startTestBlender } from './support/blender.ts';
import { ForgeClient } from './support/clients.ts';

const addon = join(import.meta.dirname, '../../blender-addon/avatar_forge');
const driver = join(import.meta.dirname, 'driver', 'register_often.py');
const shape = z.object({ classes: z.array(z.string()), handlers: z.number(), threads: z.number() });
const states = z.array(
  z.object({
    listening: z.boolean(),
    token: z.string(),
    renewed: z.number(),
    mode: z.number(),
    file: z.boolean(),
    enabled: shape,
    disabled: shape,
  }),
);

describe('add-on, registration', function () {
  this.timeout(60_000);
  const ended: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  it('is enabled and disabled as often as asked, and leaves nothing behind', async () => {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
    const [file = 'blender', ...words] = blenderWords();
    const argv = [
      ...words,
      '-b',
      '-noaudio',
      '--factory-startup',
      '--python-exit-code',
      '1',
      '--python',
      driver,
    ];
    const { stdout } = await promisify(execFile)(file, argv, {
      timeout: 50_000,
      env: { ...process.env, AVATAR_FORGE_PORT: '0', AVATAR_FORGE_HOME: home, BLENDER_USER_CONFIG: home },
    });
    const seen = states.parse(JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? 'null'));
    await rm(home, { recursive: true });
    assert.equal(seen.length, 3);
    for (const one of seen) {
      assert.equal(one.listening, false, 'in background only boot.py listens');
      assert.equal(one.token, 'secret', 'a new token counts at once');
      assert.ok(one.renewed >= 32);
      assert.equal(one.mode, 0o600);
      assert.equal(one.file, false, 'no token, no file');
      assert.equal(one.enabled.classes.length, 5, String(one.enabled.classes));
      assert.equal(one.enabled.handlers, 2);
      assert.ok(one.enabled.threads > 0);
      assert.deepEqual(one.disabled, { classes: [], handlers: 0, threads: 0 });
    }
  });

  it('draws its panel and its preferences', async () => {
    const scripts = await mkdtemp(join(tmpdir(), 'avatar-forge-scripts-'));
    await mkdir(join(scripts, 'addons'));
    await symlink(addon, join(scripts, 'addons', 'avatar_forge'));
    const blender = await startTestBlender({ window: true, env: { BLENDER_USER_SCRIPTS: scripts } });
    ended.push(
      () => blender.stop(),
      () => rm(scripts, { recursive: true }),
    );
    const client = await ForgeClient.connect(blender.port);
    ended.push(() => {
      client.close();
      return Promise.resolve();
    });
    const run = async (code: string): Promise<unknown> =>
      (await client.ask('execute_blender_code', { code }))['result'];
    // The tab that is open cannot be chosen on 3.4: the panel is shown in the one that is.
    await run(`
import sys
panel = sys.modules['avatar_forge.panel'].AVATARFORGE_PT_sidebar
page = sys.modules['avatar_forge.preferences'].AvatarForgePreferences
panel.drawn = set()
def noting(original, name):
    def draw(self, context):
        original(self, context)
        panel.drawn.add(name)
    return draw
bpy.ops.mesh.primitive_cube_add() # the sidebar's tab Item is there for an active object
page.draw = noting(page.draw, 'preferences')
shown = {'bl_category': 'Item', 'bl_order': 0, 'draw': noting(panel.draw, 'panel')}
bpy.utils.register_class(type('TEST_PT_panel', (panel,), shown))
view, other = (next(area for area in bpy.context.screen.areas if area.type == type_) for type_ in ('VIEW_3D', 'DOPESHEET_EDITOR'))
view.spaces.active.show_region_ui = True
other.type = 'PREFERENCES'
bpy.context.preferences.active_section = 'ADDONS'
bpy.context.window_manager.addon_search = 'Avatar Forge'
import addon_utils
addon_utils.modules_refresh()
bpy.ops.preferences.addon_expand(module='avatar_forge')`);
    const drawn = `
import sys
for area in bpy.context.screen.areas: area.tag_redraw()
result = sorted(sys.modules['avatar_forge.panel'].AVATARFORGE_PT_sidebar.drawn)`;
    let seen = await run(drawn);
    for (let tries = 0; tries < 40 && !(Array.isArray(seen) && seen.length === 2); tries += 1) {
      await sleep(500);
      seen = await run(drawn);
    }
    assert.deepEqual(seen, ['panel', 'preferences'], blender.output());
    assert.doesNotMatch(blender.output(), /Traceback/);
  });
});
