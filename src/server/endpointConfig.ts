import { badConfig, type Environment, given, trustOf } from '../adapters/environment.ts';
import { bareHost, isLoopback } from '../core/address.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import type { Tunnel } from '../protocol/control.ts';

const forms = 'tcp://host:port, tls://host:port or wss://host:port/blender';
const defaultPorts: Readonly<Record<string, number>> = { 'tcp:': 9876, 'wss:': 443, 'ws:': 80 };
const ofTunnels = ['AVATAR_FORGE_CA', 'AVATAR_FORGE_FINGERPRINT', 'AVATAR_FORGE_TUNNEL_TOKEN'] as const;

/**
 * What AVATAR_FORGE_URL and the variables that secure it say. Error: `bad-config`, naming the variable; it repeats no value, for
 * a URL may hold a password.
 */
export function urlEndpoint(text: string, env: Environment): BlenderEndpoint {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw badConfig('AVATAR_FORGE_URL', `it is no address; ${forms}`);
  if (url.username !== '' || url.password !== '') {
    throw badConfig('AVATAR_FORGE_URL', 'it holds a login; the token goes into AVATAR_FORGE_TUNNEL_TOKEN');
  }
  const host = bareHost(url.hostname);
  const port = url.port === '' ? defaultPorts[url.protocol] : Number(url.port);
  switch (url.protocol) {
    case 'tcp:':
      for (const name of ofTunnels) {
        if (given(env, name) !== undefined)
          throw badConfig(name, 'it is set, but AVATAR_FORGE_URL is plain tcp:// and uses none of it');
      }
      return { host, port: port ?? 9876 };
    case 'ws:':
      if (!isLoopback(host))
        throw badConfig('AVATAR_FORGE_URL', 'ws:// is for this machine only; use wss://');
      break;
    case 'tls:':
      if (given(env, 'AVATAR_FORGE_TUNNEL_TOKEN') !== undefined)
        throw badConfig(
          'AVATAR_FORGE_TUNNEL_TOKEN',
          'it is set, but tls:// has nowhere to send it; use wss://',
        );
      break;
    case 'wss:':
      break;
    default:
      throw badConfig('AVATAR_FORGE_URL', `its scheme ${url.protocol}// is not spoken; use ${forms}`);
  }
  if (port === undefined) throw badConfig('AVATAR_FORGE_URL', `it has no port; ${forms}`);
  return { host, port, tunnel: tunnelOf(url.href, env) };
}

function tunnelOf(url: string, env: Environment): Tunnel {
  const token = given(env, 'AVATAR_FORGE_TUNNEL_TOKEN');
  return {
    url,
    ...trustOf(env),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${checkToken(token)}` } }),
  };
}

function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw badConfig('AVATAR_FORGE_TUNNEL_TOKEN', 'it has spaces or other characters that no header can carry');
}
