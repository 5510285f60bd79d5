import { z } from 'zod';
import type { ControlAddress } from '../adapters/control/controlClient.ts';
import { type Environment, given, parsed } from '../adapters/environment.ts';
import { auditFile, homeFolder } from '../adapters/home.ts';
import { type CodePolicy, codePolicies } from '../core/policy.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import { controlEnvironment } from '../protocol/control.ts';
import { urlEndpoint } from './endpointConfig.ts';
import { type ServicesConfig, servicesConfig } from './servicesConfig.ts';

/** What the server is told by its environment. Table in README.md. */
export interface ServerConfig {
  /** The editor that started us, which then says where Blender is and asks the user about code; null: none. */
  readonly control: ControlAddress | null;
  /** Where there is no editor to ask. Null: the embedded workstation on this machine. */
  readonly endpoint: BlenderEndpoint | null;
  readonly codePolicy: CodePolicy;
  /** Folder of exports, projects, checkpoints of the embedded workstation, and of the audit log. */
  readonly home: string;
  readonly auditFile: string;
  readonly headless: boolean;
  readonly jobAfterMs: number;
  readonly services: ServicesConfig;
}

const port = z.coerce.number().int().min(1).max(65_535);

/** Reads the environment. Error: `bad-config`, naming the variable. */
export function readConfig(env: Environment): ServerConfig {
  return {
    control: controlOf(env),
    endpoint: endpointOf(env),
    codePolicy: parsed(env, 'AVATAR_FORGE_CODE_POLICY', z.enum(codePolicies as [CodePolicy]), 'ask'),
    home: homeFolder(env),
    auditFile: auditFile(env),
    headless: parsed(env, 'AVATAR_FORGE_HEADLESS', z.enum(['0', '1']), '0') === '1',
    jobAfterMs: parsed(env, 'AVATAR_FORGE_JOB_AFTER_MS', z.coerce.number().int().min(1), 40_000),
    services: servicesConfig(env),
  };
}

function controlOf(env: Environment): ControlAddress | null {
  const path = given(env, controlEnvironment.path);
  if (path === undefined) return null;
  return { path, token: env[controlEnvironment.token] ?? '' };
}

/** BLENDER_HOST and BLENDER_PORT mean what they mean to `uvx blender-mcp`: localhost and 9876 where one is missing. */
function endpointOf(env: Environment): BlenderEndpoint | null {
  const token = given(env, 'AVATAR_FORGE_TOKEN');
  const withToken = token === undefined ? {} : { token };
  const url = given(env, 'AVATAR_FORGE_URL');
  if (url !== undefined) return { ...urlEndpoint(url, env), ...withToken };
  if (env['BLENDER_HOST'] === undefined && env['BLENDER_PORT'] === undefined) return null;
  return {
    host: env['BLENDER_HOST'] ?? 'localhost',
    port: parsed(env, 'BLENDER_PORT', port, 9876),
    ...withToken,
  };
}
