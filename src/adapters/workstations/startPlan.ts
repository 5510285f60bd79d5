/** How Blender is started, as data: computed here, run by the workstation. */

type Environment = Readonly<Record<string, string | undefined>>;

/** `window`: on the user's display. `xvfb`: with a window nobody sees. `background`: without (`blender -b`). */
export type DisplayMode = 'window' | 'xvfb' | 'background';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly hasXvfb: boolean;
}

/** A window where somebody can see it, unless headless is asked; else one under Xvfb, which can do all that a window can. */
export function displayMode({ platform, env, hasXvfb }: Machine, headless: boolean): DisplayMode {
  const hasDisplay =
    platform === 'darwin' || platform === 'win32' || isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
  if (hasDisplay && !headless) return 'window';
  return hasXvfb ? 'xvfb' : 'background';
}

/**
 * An X server of our own; writes its display's number to descriptor 3. It ends with its last client, or with us.
 * Its screen is small: nobody looks at it, and every redraw of Blender's window is drawn in software.
 */
export function xvfbCommand(env: Environment, setpriv: string | null): Command {
  const xvfb = ['Xvfb', '-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp', '-terminate'];
  const [file = 'Xvfb', ...args] = setpriv === null ? xvfb : [setpriv, '--pdeathsig', 'KILL', ...xvfb];
  return { file, args, env: withoutSecrets(env) };
}

export interface BlenderStart {
  readonly executable: string;
  readonly bootScript: string;
  readonly home: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What clients have to prove; undefined: nothing. */
  readonly token: string | undefined;
  /** In front of the boot script. */
  readonly args: readonly string[];
  /** A .blend to begin with; null: none. */
  readonly open: string | null;
  readonly mode: DisplayMode;
  /** `:n` of our own X server, in mode `xvfb`. */
  readonly display: string | null;
}

/** Factory settings: the user's own add-ons and ports stay out of it. */
export const usualArgs: readonly string[] = ['-noaudio', '--factory-startup'];

/** Blender with the add-on on a loopback port. It ends when its standard input does. */
export function blenderCommand(start: BlenderStart, env: Environment): Command {
  const { executable, bootScript, home, port, token, args, open, mode, display } = start;
  const background = mode === 'background' ? ['-b'] : [];
  return {
    file: executable,
    args: [...background, ...args, '--python-exit-code', '1', '--python', bootScript],
    env: {
      ...withoutSecrets(env),
      ...(display === null ? {} : { DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: '1' }),
      DISABLE_TELEMETRY: 'true',
      AVATAR_FORGE_HOME: home,
      AVATAR_FORGE_PORT: String(port),
      ...(token === undefined ? {} : { AVATAR_FORGE_TOKEN: token }),
      ...(open === null ? {} : { AVATAR_FORGE_OPEN: open }),
      AVATAR_FORGE_EXIT_ON_STDIN_EOF: '1',
    },
  };
}

const secretNames = [
  /(^|_)(TOKEN|KEY|KEYS|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|PAT|CREDENTIALS?|AUTH|COOKIE|JWT)(_|$)/i,
  /^(AWS|RCLONE|AZURE|GOOGLE|GCP|CLOUDFLARE|GITHUB|GH|GITLAB|NPM|VAULT|OPENAI|ANTHROPIC)_/i,
  /^(SSH_AUTH_SOCK|KUBECONFIG|DOCKER_CONFIG|NETRC)$/i,
];
/** A URL with a password in it. */
const secretValue = /:\/\/[^/@\s]*:[^/@\s]+@/;

/** What Blender, and the code that runs in it, need not know. */
export function withoutSecrets(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || secretValue.test(value)) continue;
    if (secretNames.some((pattern) => pattern.test(name))) continue;
    kept[name] = value;
  }
  return kept;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
