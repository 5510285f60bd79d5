import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { badConfig, type Environment, given, readNamed, trustOf } from '../adapters/environment.ts';
import { homeFolder } from '../adapters/home.ts';
import { isLoopback } from '../core/address.ts';
import { isName } from '../core/relay/names.ts';
import type { Entrance } from './agent.ts';
import { blenderPlace } from './blender.ts';
import { type DialOut, dialOut, type DialOutNews, type DialOutOptions } from './dialOut.ts';
import type { Traffic } from './join.ts';

export interface DialEntranceOptions extends DialConfig {
  readonly version: string;
  readonly traffic: Traffic;
  readonly env: Environment;
  /** For people. */
  readonly log: (line: string) => void;
}

export interface DialConfig extends Pick<DialOutOptions, 'relay' | 'apiKey' | 'name' | 'blender' | 'trust'> {
  /** Where the workstation's id is kept. */
  readonly home: string;
}

/** The connection to a relay as a way in: it is kept up until it is closed. */
export function dialEntrance({
  home,
  log,
  ...options
}: DialEntranceOptions): (onClients: (count: number) => void) => Entrance {
  return (onClients) => {
    let agent: DialOut | null = null;
    const onNews = (news: DialOutNews): void => {
      if (news.is === 'sessions') onClients(news.count);
      log(textOf(news, options.relay));
    };
    return {
      open: async () => {
        agent = dialOut({ ...options, instance: await instanceOf(home), onNews });
      },
      close: async () => {
        agent?.stop();
        await agent?.closed;
      },
    };
  };
}

/** Error: `bad-config`, naming the variable and never repeating a secret. */
export function readDialConfig(env: Environment): DialConfig {
  const relay = URL.parse(given(env, 'AVATAR_FORGE_RELAY_URL') ?? '');
  const isSound = relay?.protocol === 'wss:' || (relay?.protocol === 'ws:' && isLoopback(relay.hostname));
  if (relay === null || !isSound) throw badConfig('AVATAR_FORGE_RELAY_URL', 'it is not wss://host:port');
  const keyFile = given(env, 'AVATAR_FORGE_RELAY_KEY_FILE');
  const apiKey =
    keyFile === undefined
      ? given(env, 'AVATAR_FORGE_RELAY_KEY')
      : readNamed('AVATAR_FORGE_RELAY_KEY_FILE', keyFile).trim();
  if (apiKey === undefined)
    throw badConfig('AVATAR_FORGE_RELAY_KEY', 'it is not set: the relay gives out keys');
  const name =
    given(env, 'AVATAR_FORGE_INSTANCE_NAME') ?? (hostname().replaceAll(/[^A-Za-z0-9]+/g, '-') || 'blender');
  if (!isName(name))
    throw badConfig('AVATAR_FORGE_INSTANCE_NAME', 'it is no name of letters, digits, dots and dashes');
  return {
    relay,
    apiKey,
    name,
    blender: blenderPlace(env),
    trust: trustOf(env),
    home: given(env, 'AVATAR_FORGE_SCRATCH') ?? homeFolder(env),
  };
}

/** The same after each start: the relay knows the workstation by it. */
async function instanceOf(home: string): Promise<string> {
  const folder = join(home, 'agent');
  const file = join(folder, 'instance');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(kept.trim())) return kept.trim();
  const instance = randomUUID();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${instance}\n`);
  return instance;
}

function textOf(news: DialOutNews, relay: URL): string {
  switch (news.is) {
    case 'connected':
      return `Connected to ${relay.host} as ${news.name}`;
    case 'lost':
      return `${news.error.code}: ${news.error.message} Trying again in ${Math.ceil(news.retryMs / 1000)} s. → ${news.error.next}`;
    case 'silent':
      return `A client was silent for ${news.silentMs / 1000} s, cut`;
    case 'sessions':
      return `${news.count} ${news.count === 1 ? 'client' : 'clients'} at Blender`;
  }
}
