import { z } from 'zod';
import { type CodePolicy, codePolicies } from '../core/policy.ts';
import { Emitter, type Event } from './emitter.ts';

export const providerIds = ['thisMachine', 'endpoint'] as const;
export type ProviderId = (typeof providerIds)[number];

/** What the user has set under `avatarForge.*`; the schema is package.json's, the words are package.nls.json's. */
export interface SettingValues {
  readonly 'workstation.provider': ProviderId;
  /** `tcp://host:port`. */
  readonly 'workstation.endpoint': string;
  /** Empty: found on PATH and in the usual places. */
  readonly 'workstation.blenderPath': string;
  readonly 'workstation.headless': boolean;
  /** Folder of exports, projects, checkpoints and the audit log. Empty: AVATAR_FORGE_HOME, else `avatar-forge` at home. */
  readonly home: string;
  /** Folder in which promoted models are published. Empty: none. */
  readonly 'production.folder': string;
  /** Where that folder is served from, without the file's name. Empty: nowhere. */
  readonly 'production.url': string;
  /** `remote:bucket/path` of rclone's, beside the exports of the workstation. Empty: none. */
  readonly 'storage.exportsRemote': string;
  readonly codePolicy: CodePolicy;
  /** After how many minutes without a call the workstation on this machine is put to sleep; 0: never. */
  readonly idleMinutes: number;
  readonly logLevel: 'info' | 'debug';
  /** What an avatar may have, for the companion app. */
  readonly 'budget.triangles': number;
}

const schemas: { readonly [K in keyof SettingValues]: z.ZodType<SettingValues[K]> } = {
  'workstation.provider': z.enum(providerIds).catch('thisMachine'),
  'workstation.endpoint': z.string().trim().catch('tcp://127.0.0.1:9876'),
  'workstation.blenderPath': z.string().trim().catch(''),
  'workstation.headless': z.boolean().catch(false),
  home: z.string().trim().catch(''),
  'production.folder': z.string().trim().catch(''),
  'production.url': z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).catch(''),
  'storage.exportsRemote': z.string().trim().catch(''),
  codePolicy: z.enum(codePolicies as [CodePolicy]).catch('ask'),
  idleMinutes: z.number().min(0).catch(0),
  logLevel: z.enum(['info', 'debug']).catch('info'),
  'budget.triangles': z.number().int().min(1).catch(70_000),
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
    return schemas[name].parse(this.#workspace.getConfiguration(section).get(name));
  }

  /** The names of settings whose values cannot be and are not used: for the log and for Doctor. */
  invalid(): readonly string[] {
    const configuration = this.#workspace.getConfiguration(section);
    return names
      .filter((name) => {
        const value: unknown = configuration.get(name);
        return (
          value !== undefined && JSON.stringify(schemas[name].parse(value)) !== JSON.stringify(trimmed(value))
        );
      })
      .map((name) => `${section}.${name}`);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

const names = Object.keys(schemas) as (keyof SettingValues)[];

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
