import { type CodePolicy, codePolicies } from '../core/policy.ts';
import { readFingerprint } from '../core/fingerprint.ts';
import { Emitter, type Event } from './emitter.ts';

export const providerIds = ['thisMachine', 'endpoint', 'kasm'] as const;
export type ProviderId = (typeof providerIds)[number];
const kasmApis = ['auto', 'public', 'rest'] as const;
const kasmIdleActions = ['destroy', 'pause'] as const;

/** What the user has set under `avatarForge.*`; the schema is package.json's, the words are package.nls.json's. */
export interface SettingValues {
  readonly 'workstation.provider': ProviderId;
  /** `tcp://host:port`, `tls://host:port` or `wss://host:port/path`. */
  readonly 'workstation.endpoint': string;
  /** The sha256 of the only certificate to accept at the endpoint, 64 hex digits. Empty: whom the system trusts. */
  readonly 'workstation.fingerprint': string;
  /** Where the screen of the workstation at the endpoint can be seen in a browser. Empty: nowhere. */
  readonly 'workstation.browserUrl': string;
  /** Empty: found on PATH and in the usual places. */
  readonly 'workstation.blenderPath': string;
  readonly 'workstation.headless': boolean;
  /** `https://host` of Kasm. Empty: none. */
  readonly 'kasm.url': string;
  /** Name or id. */
  readonly 'kasm.image': string;
  /** Whose session it is: name or id. */
  readonly 'kasm.user': string;
  /** The revision of its API; `auto`: whichever is there. */
  readonly 'kasm.api': (typeof kasmApis)[number];
  /** `wss://relay`: where the agent of a session is looked for when Kasm's proxy does not lead to it. Empty: none. */
  readonly 'kasm.relay': string;
  /** Of the agent on the address of a session; 0: that way is not tried. */
  readonly 'kasm.directPort': number;
  /** The sha256 of the only certificate to accept there. Empty: whom the system trusts. */
  readonly 'kasm.directFingerprint': string;
  /** What is done with a session that nobody uses, after its scene is saved. */
  readonly 'kasm.idleAction': (typeof kasmIdleActions)[number];
  /** Folder of exports, projects, checkpoints and the audit log. Empty: AVATAR_FORGE_HOME, else `avatar-forge` at home. */
  readonly home: string;
  /** Folder in which promoted models are published. Empty: none. */
  readonly 'production.folder': string;
  /** Where that folder is served from, without the file's name. Empty: nowhere. */
  readonly 'production.url': string;
  /** A second place with the same files: a folder, or `remote:bucket/path` of rclone's. Empty: none. */
  readonly 'production.mirror': string;
  /** The place that a CDN serves from, likewise. Empty: none. */
  readonly 'production.cdn': string;
  /** Where everybody finds the CDN's files, without the file's name. Empty: nowhere. */
  readonly 'production.cdnUrl': string;
  /** A checkout of the companion app, for its allowlists. Empty: none. */
  readonly 'companion.checkout': string;
  /** What the allowlist in Go is called. Empty: AllowedAvatarModels. */
  readonly 'companion.goList': string;
  /** What the list in JavaScript is called. Empty: the one that names models. */
  readonly 'companion.jsList': string;
  /** `remote:bucket/path` of rclone's, beside the exports of the workstation. Empty: none. */
  readonly 'storage.exportsRemote': string;
  /** Empty: AVATAR_FORGE_RCLONE, else the one on PATH. */
  readonly 'storage.rclonePath': string;
  readonly codePolicy: CodePolicy;
  /** After how many minutes without a call a workstation of ours is put away; 0: never. */
  readonly idleMinutes: number;
  /** Shows what was exported as soon as it is there. */
  readonly 'preview.openOnExport': boolean;
  readonly logLevel: 'info' | 'debug';
  /** What avatars are held against: a profile's name, or a JSON file. */
  readonly 'validation.profile': string;
  /** What an avatar may have, for the companion app. */
  readonly 'budget.triangles': number;
}

/** What a setting's value means; undefined where it cannot be. */
type Reader<T> = (value: unknown) => T | undefined;

const text: Reader<string> = (value) => (typeof value === 'string' ? value.trim() : undefined);
const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
const url: Reader<string> = (value) => {
  const given = text(value);
  return given === '' || (given !== undefined && /^https?:$/.test(URL.parse(given)?.protocol ?? ''))
    ? given
    : undefined;
};

const relay: Reader<string> = (value) => {
  const given = text(value);
  const found = URL.parse(given ?? '');
  return given === '' || (found?.protocol === 'wss:' && found.pathname === '/') ? given : undefined;
};

const port: Reader<number> = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined;

const fingerprint: Reader<string> = (value) => {
  const given = text(value);
  return given === '' ? given : (readFingerprint(given ?? '') ?? undefined);
};

function oneOf<T extends string>(choices: readonly T[]): Reader<T> {
  return (value) => choices.find((choice) => choice === value);
}

function atLeast(least: number): Reader<number> {
  return (value) => (typeof value === 'number' && value >= least ? value : undefined);
}

/** How each is read, and what stands for a value that cannot be. */
const specs: { readonly [K in keyof SettingValues]: readonly [Reader<SettingValues[K]>, SettingValues[K]] } =
  {
    'workstation.provider': [oneOf(providerIds), 'thisMachine'],
    'workstation.endpoint': [text, 'tcp://127.0.0.1:9876'],
    'workstation.fingerprint': [fingerprint, ''],
    'workstation.browserUrl': [url, ''],
    'workstation.blenderPath': [text, ''],
    'workstation.headless': [flag, false],
    'kasm.url': [url, ''],
    'kasm.image': [text, ''],
    'kasm.user': [text, ''],
    'kasm.api': [oneOf(kasmApis), 'auto'],
    'kasm.relay': [relay, ''],
    'kasm.directPort': [port, 0],
    'kasm.directFingerprint': [fingerprint, ''],
    'kasm.idleAction': [oneOf(kasmIdleActions), 'destroy'],
    home: [text, ''],
    'production.folder': [text, ''],
    'production.url': [url, ''],
    'production.mirror': [text, ''],
    'production.cdn': [text, ''],
    'production.cdnUrl': [url, ''],
    'companion.checkout': [text, ''],
    'companion.goList': [text, ''],
    'companion.jsList': [text, ''],
    'storage.exportsRemote': [text, ''],
    'storage.rclonePath': [text, ''],
    codePolicy: [oneOf(codePolicies), 'ask'],
    idleMinutes: [atLeast(0), 0],
    'preview.openOnExport': [flag, true],
    logLevel: [oneOf(['info', 'debug']), 'info'],
    'validation.profile': [text, 'app'],
    'budget.triangles': [atLeast(1), 70_000],
  };

/** What of `vscode.workspace` is needed. */
export interface Workspace {
  getConfiguration(section: string): { get(name: string): unknown };
  onDidChangeConfiguration(listener: (event: ConfigurationChange) => unknown): { dispose(): unknown };
}

interface ConfigurationChange {
  affectsConfiguration(name: string): boolean;
}

const section = 'avatarForge';

/** The settings as they are now. A value that cannot be is reported once and stands for its default. */
export class Settings {
  readonly #workspace: Workspace;
  readonly #changed = new Emitter<readonly (keyof SettingValues)[]>();
  readonly #subscription: { dispose(): unknown };

  /** Tells which settings changed. */
  readonly onDidChange: Event<readonly (keyof SettingValues)[]> = this.#changed.event;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#subscription = workspace.onDidChangeConfiguration((event) => {
      const changed = names.filter((name) => event.affectsConfiguration(`${section}.${name}`));
      if (changed.length > 0) this.#changed.fire(changed);
    });
  }

  get<K extends keyof SettingValues>(name: K): SettingValues[K] {
    const [read, fallback] = specs[name];
    return read(this.#workspace.getConfiguration(section).get(name)) ?? fallback;
  }

  /** The names of settings whose values cannot be and are not used: for the log and for Doctor. */
  invalid(): readonly string[] {
    const configuration = this.#workspace.getConfiguration(section);
    return names
      .filter((name) => {
        const value: unknown = configuration.get(name);
        return value !== undefined && specs[name][0](value) === undefined;
      })
      .map((name) => `${section}.${name}`);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

const names = Object.keys(specs) as (keyof SettingValues)[];
