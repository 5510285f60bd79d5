import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * What makes a workstation's Blender one with the VRM add-on, enabled as in the preferences, which `--addons` does not do.
 * `addon` is its folder `io_scene_vrm`; it is linked, not copied.
 */
export async function withVrmAddon(
  folder: string,
  blender: string,
  addon: string,
): Promise<{ readonly AVATAR_FORGE_BLENDER: string }> {
  const addons = join(folder, 'scripts', 'addons');
  await mkdir(addons, { recursive: true });
  await symlink(resolve(addon), join(addons, 'io_scene_vrm'));
  const wrapper = join(folder, 'blender');
  const enable = 'import addon_utils; addon_utils.enable("io_scene_vrm", default_set=True)';
  const lines = [
    '#!/bin/sh',
    `export BLENDER_USER_SCRIPTS='${join(folder, 'scripts')}'`,
    `exec '${blender}' --python-expr '${enable}' "$@"`,
  ];
  await writeFile(wrapper, `${lines.join('\n')}\n`);
  await chmod(wrapper, 0o755);
  return { AVATAR_FORGE_BLENDER: wrapper };
}
