/**
 * The version stands in package.json; the add-on repeats it in `bl_info` and `blender_manifest.toml`, where Blender
 * reads it, and the image's registry entry as its tag.
 * Fails where they differ; `--write` copies it over.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

interface Copy {
  readonly file: string;
  readonly pattern: RegExp;
  readonly render: (version: string) => string;
}

const root = new URL('..', import.meta.url);
const copies: readonly Copy[] = [
  {
    file: 'blender-addon/avatar_forge/__init__.py',
    pattern: /"version": \([^)]*\)/,
    render: (version) => `"version": (${version.replaceAll('.', ', ')})`,
  },
  {
    file: 'blender-addon/avatar_forge/blender_manifest.toml',
    pattern: /^version = "[^"]*"/m,
    render: (version) => `version = "${version}"`,
  },
  {
    file: 'kasm-image/registry/workspaces/AvatarForge/workspace.json',
    pattern: /"image": "(.*):[^"]*"/,
    render: (version) => `"image": "registry.example.org/avatar-forge-workstation:${version}"`,
  },
  {
    file: 'kasm-image/registry/workspaces/AvatarForge/workspace.json',
    pattern: /"available_tags": \[[^\]]*\]/,
    render: (version) => `"available_tags": ["${version}"]`,
  },
];

const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };

for (const { file, pattern, render } of copies) {
  const path = new URL(file, root);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const found = pattern.exec(text)?.[0];
  if (found === render(version)) continue;
  if (process.argv.includes('--write') && found !== undefined) {
    writeFileSync(path, text.replace(pattern, render(version)));
    continue;
  }
  console.error(
    `${file}: ${found ?? 'no version'}, but package.json says ${version}. node scripts/version.ts --write copies it.`,
  );
  process.exitCode = 1;
}
