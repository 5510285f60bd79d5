import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where Avatar Forge itself is installed: the folder with `package.json`, `dist` and `blender-addon`. */
export interface Installation {
  readonly version: string;
  /** `blender-addon/avatar_forge`: the add-on, and in it the command library. */
  readonly addon: string;
  /** `blender-addon/boot.py`: starts Blender with the add-on. */
  readonly bootScript: string;
  /** `dist/media`: the built webview pages. */
  readonly media: string;
  /** `dist/wasm`: WebAssembly that packages load from files. */
  readonly wasm: string;
  /** `dist/cli.js`: the built command line, which is the MCP server too. */
  readonly cli: string;
}

/** Looks upwards from a module's folder (`import.meta.dirname`), so that sources and bundles find the same things. */
export function findInstallation(from: string): Installation {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'blender-addon', 'boot.py'))) {
      return {
        version: versionIn(join(folder, 'package.json')),
        addon: join(folder, 'blender-addon', 'avatar_forge'),
        bootScript: join(folder, 'blender-addon', 'boot.py'),
        media: join(folder, 'dist', 'media'),
        wasm: join(folder, 'dist', 'wasm'),
        cli: join(folder, 'dist', 'cli.js'),
      };
    }
    if (folder === dirname(folder))
      throw new Error(`blender-addon/ is missing above ${from}: reinstall Avatar Forge`);
  }
}

function versionIn(file: string): string {
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown }; // ours, with a test of its own
  return String(manifest.version);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of exports, projects, checkpoints and the audit log: AVATAR_FORGE_HOME, else `avatar-forge` at home. */
export function homeFolder(env: Environment): string {
  return env['AVATAR_FORGE_HOME'] ?? join(homedir(), 'avatar-forge');
}

/** Journals of promotions, and what they have to have on this machine for a while. */
export function promotionsFolder(home: string): string {
  return join(home, 'promotions');
}

/** AVATAR_FORGE_AUDIT, else a file in the home folder. */
export function auditFile(env: Environment): string {
  return env['AVATAR_FORGE_AUDIT'] ?? join(homeFolder(env), 'audit.jsonl');
}
