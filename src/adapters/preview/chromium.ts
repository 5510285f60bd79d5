/** A Chromium on this machine, and how it is started for pictures. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ForgeError } from '../../core/errors.ts';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

const MAC_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The executable: the one named, else `AVATAR_FORGE_CHROMIUM`, else the first on PATH.
 * Throws `chromium-missing`.
 */
export function findChromium(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const chosen = named ?? env['AVATAR_FORGE_CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    if (isExecutable(chosen)) return chosen;
    throw missing(`There is no program at ${chosen}.`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...MAC_APPS];
  const found = candidates.find(isExecutable);
  if (found === undefined) throw missing('No Chromium or Chrome was found on this machine.');
  return found;
}

/** Software rendering everywhere: the same picture on every machine, and none needs a graphics card. */
export function chromiumArguments(): readonly string[] {
  return [
    '--no-sandbox', // containers have no user namespaces; the page is ours and reaches nothing but our own server
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--force-color-profile=srgb',
    '--force-device-scale-factor=1',
  ];
}

/** What a browser needs of our environment; no secret is among it. */
export function chromiumEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'XDG_RUNTIME_DIR', 'FONTCONFIG_PATH'];
  return Object.fromEntries(
    kept.flatMap((key) => {
      const value = env[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(what: string): ForgeError {
  return new ForgeError(
    'chromium-missing',
    what,
    'Install Chromium (Debian: apt-get install chromium), or name it in AVATAR_FORGE_CHROMIUM.',
  );
}
