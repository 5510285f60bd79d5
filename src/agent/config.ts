import { z } from 'zod';
import { badConfig, type Environment, given, parsed, readNamed } from '../adapters/environment.ts';
import { homeFolder } from '../adapters/home.ts';
import type { Place } from '../adapters/transports/place.ts';
import { isLoopback } from '../core/address.ts';
import { ForgeError } from '../core/errors.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import { blenderPlace } from './blender.ts';

export interface DialFlags {
  /** Start Blender, and keep it running. */
  readonly supervise: boolean;
}

export interface ListenFlags extends DialFlags {
  /** Connect to a relay as well. */
  readonly dial: boolean;
  /** Make a certificate where none is named. */
  readonly selfSigned: boolean;
}

/** `none`: plain HTTP, on loopback only. */
export type CertificateSource =
  | { readonly is: 'none' }
  | { readonly is: 'files'; readonly cert: string; readonly key: string }
  | { readonly is: 'self-signed'; readonly folder: string };

/** The workstation that the agent stands in: its Blender, and what is done about it. Table in docs/remote.md. */
export interface WorkstationConfig {
  readonly blender: BlenderEndpoint;
  /** Without a client, until the scene is saved and the agent ends; 0: never. */
  readonly idleMs: number;
  readonly home: string;
  /** For what needs a quick disk, where `home` is a mounted bucket. */
  readonly scratch: string | undefined;
  /** In front of the boot script; undefined: the usual ones. */
  readonly blenderArgs: readonly string[] | undefined;
  /** When the last saved .blend is opened: after a failure, or at the first start too. */
  readonly reopen: 'restart' | 'always';
}

/** What the agent is told of its door by its environment and flags. */
export interface AgentConfig {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly token: string;
  /** Web pages that may connect; any other Origin is refused. */
  readonly origins: readonly string[];
  readonly certificate: CertificateSource;
  readonly blender: Place;
  readonly maxClients: number;
}

const shortestToken = 16;

/** Error: `bad-config`, naming the variable and never repeating a secret; `unsafe-listen`. */
export function readAgentConfig(env: Environment, flags: Pick<ListenFlags, 'selfSigned'>): AgentConfig {
  const host = given(env, 'AVATAR_FORGE_AGENT_HOST') ?? '127.0.0.1';
  const certificate = certificateOf(env, flags);
  if (certificate.is === 'none' && !isLoopback(host)) {
    throw new ForgeError(
      'unsafe-listen',
      `Listening on ${host} without TLS would let the network read along.`,
      'Name a certificate and its key (AVATAR_FORGE_AGENT_CERT, AVATAR_FORGE_AGENT_KEY), add --self-signed, or listen on 127.0.0.1.',
    );
  }
  return {
    host,
    port: parsed(env, 'AVATAR_FORGE_AGENT_PORT', z.coerce.number().int().min(0).max(65_535), 9877),
    token: tokenOf(env),
    origins: (given(env, 'AVATAR_FORGE_AGENT_ORIGINS') ?? '').split(/[\s,]+/).filter((one) => one !== ''),
    certificate,
    blender: blenderPlace(env),
    maxClients: parsed(env, 'AVATAR_FORGE_AGENT_MAX_CLIENTS', z.coerce.number().int().min(1).max(1_000), 8),
  };
}

/** Error: `bad-config`, naming the variable. */
export function readWorkstationConfig(env: Environment): WorkstationConfig {
  const token = given(env, 'AVATAR_FORGE_TOKEN');
  return {
    blender: { ...blenderPlace(env), ...(token === undefined ? {} : { token }) },
    idleMs: 60_000 * parsed(env, 'AVATAR_FORGE_IDLE_MINUTES', z.coerce.number().min(0).max(10_080), 0),
    home: homeFolder(env),
    scratch: given(env, 'AVATAR_FORGE_SCRATCH'),
    blenderArgs: given(env, 'AVATAR_FORGE_BLENDER_ARGS')
      ?.split(/\s+/)
      .filter((one) => one !== ''),
    reopen: parsed(env, 'AVATAR_FORGE_REOPEN', z.enum(['restart', 'always']), 'restart'),
  };
}

function tokenOf(env: Environment): string {
  const file = given(env, 'AVATAR_FORGE_AGENT_TOKEN_FILE');
  const name = file === undefined ? 'AVATAR_FORGE_AGENT_TOKEN' : 'AVATAR_FORGE_AGENT_TOKEN_FILE';
  const token = file === undefined ? given(env, name) : readNamed(name, file).trim();
  if (token === undefined || token === '') {
    throw new ForgeError(
      'unsafe-listen',
      'No token is set, and without one anybody who reaches the port could drive Blender.',
      'Set AVATAR_FORGE_AGENT_TOKEN, or name a file that holds it in AVATAR_FORGE_AGENT_TOKEN_FILE.',
    );
  }
  if (token.length >= shortestToken && /^[\x21-\x7e]+$/.test(token)) return token;
  throw badConfig(
    name,
    `it is not a token of at least ${shortestToken} characters without spaces; openssl rand -hex 32 makes a good one`,
  );
}

function certificateOf(env: Environment, { selfSigned }: Pick<ListenFlags, 'selfSigned'>): CertificateSource {
  const [certName, keyName] = ['AVATAR_FORGE_AGENT_CERT', 'AVATAR_FORGE_AGENT_KEY'] as const;
  const [cert, key] = [given(env, certName), given(env, keyName)];
  if (cert !== undefined && key !== undefined) {
    return { is: 'files', cert: readNamed(certName, cert), key: readNamed(keyName, key) };
  }
  if (cert !== undefined) throw badConfig(keyName, 'it is not set, but the certificate is');
  if (key !== undefined) throw badConfig(certName, 'it is not set, but the key is');
  return selfSigned ? { is: 'self-signed', folder: homeFolder(env) } : { is: 'none' };
}
