import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isLoopback } from '../core/address.ts';
import { ForgeError, reasonOf } from '../core/errors.ts';
import { readFingerprint } from '../core/fingerprint.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import type { Tunnel } from '../protocol/control.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
  const host = url.hostname.replace(/^\[|\]$/g, '');
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
  const [caFile, pinned, token] = ofTunnels.map((name) => given(env, name));
  return {
    url,
    ...(caFile === undefined ? {} : { ca: readCa(caFile) }),
    ...(pinned === undefined ? {} : { fingerprint: checkFingerprint(pinned) }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${checkToken(token)}` } }),
  };
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (thrown) {
    throw badConfig('AVATAR_FORGE_CA', `no certificate in PEM form can be read there (${reasonOf(thrown)})`);
  }
}

function checkFingerprint(text: string): string {
  const fingerprint = readFingerprint(text);
  if (fingerprint !== null) return fingerprint;
  throw badConfig('AVATAR_FORGE_FINGERPRINT', 'it is not the sha256 of a certificate, 64 hex digits');
}

function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw badConfig('AVATAR_FORGE_TUNNEL_TOKEN', 'it has spaces or other characters that no header can carry');
}

function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function badConfig(name: string, what: string): ForgeError {
  return new ForgeError('bad-config', `${name}: ${what}.`, `Correct ${name} and start again.`);
}
