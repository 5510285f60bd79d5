import { homedir } from 'node:os';
import { join } from 'node:path';
import { auditFile, homeFolder } from '../adapters/home.ts';
import type { Settings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of exports, projects and checkpoints of this machine: the setting, else what the command line would take. */
export function homeOf(settings: Settings, env: Environment): string {
  const set = settings.get('home');
  if (set === '') return homeFolder(env);
  return set.startsWith('~/') ? join(homedir(), set.slice(2)) : set;
}

/** The audit log that our MCP server writes too. */
export function auditFileOf(settings: Settings, env: Environment): string {
  return auditFile({ ...env, AVATAR_FORGE_HOME: homeOf(settings, env) });
}
