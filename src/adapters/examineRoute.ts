import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Probe, RouteFacts } from '../core/doctor/facts.ts';
import { ForgeError } from '../core/errors.ts';
import type { BlenderEndpoint } from '../core/ports.ts';
import { proxyFor } from '../core/proxy.ts';
import { deadlines } from '../core/wire/deadlines.ts';
import { probe } from './probe.ts';
import { withinDeadline } from './transports/attempt.ts';
import { openConnection } from './transports/index.ts';
import { placeOf } from './transports/place.ts';
import { reach } from './transports/reach.ts';
import { secure } from './transports/secure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const later = { is: 'skipped', why: 'Not looked at: what comes before it is not well.' } as const;
const none = (why: string) => ({ is: 'skipped', why }) as const;

/** Goes the way to a Blender step by step and hangs up; sends nothing to Blender, never rejects. */
export async function examineRoute(
  { host, port, tunnel }: BlenderEndpoint,
  env: Environment,
): Promise<RouteFacts> {
  const place = `${host}:${port}`;
  const name = await nameOf(host, port, env);
  if (name.is === 'failed') return { place, name, tls: later, login: later, path: later, agent: later };
  if (tunnel === undefined) {
    const plain = none('The address is plain TCP: nothing is encrypted, and there is no agent.');
    return { place, name, tls: plain, login: plain, path: plain, agent: plain };
  }
  const url = new URL(tunnel.url);
  const tls = await tlsOf(url, tunnel, env);
  if (tls.is === 'failed') return { place, name, tls, login: later, path: later, agent: later };
  if (url.protocol === 'tls:') {
    const bare = none('The address is tls://: Blender’s own port, without an agent.');
    return { place, name, tls, login: bare, path: bare, agent: bare };
  }
  let status: number | null = null;
  const opened = await probe(async () => {
    try {
      const connection = await openConnection(url, { timeoutMs: deadlines.connectMs, trust: tunnel, env });
      connection.close();
    } catch (thrown) {
      status = statusOf(thrown);
      throw thrown;
    }
  });
  return { place, name, tls, ...stepsOf(opened, status, url.pathname) };
}

/** A name that only a proxy can look up is not looked for here. */
function nameOf(host: string, port: number, env: Environment): Promise<Probe<readonly string[]>> {
  return probe(async () => {
    if (isIP(host) !== 0 || proxyFor(host, port, env) !== null) return [host];
    const found = await lookup(host, { all: true }).catch((thrown: unknown) => {
      throw new ForgeError(
        'name-not-found',
        `There is no address for the name ${host}.`,
        'Correct the name, or see to the network: VPN, DNS.',
        { cause: thrown },
      );
    });
    return found.map(({ address }) => address);
  });
}

async function tlsOf(
  url: URL,
  trust: NonNullable<BlenderEndpoint['tunnel']>,
  env: Environment,
): Promise<Probe<string>> {
  if (url.protocol === 'ws:') return none('The address is ws://, on this machine: nothing is encrypted.');
  return probe(() =>
    withinDeadline(url.host, { timeoutMs: deadlines.connectMs }, async (until) => {
      const place = placeOf(url, 443);
      const socket = await secure(await reach(place, env, until), place.host, trust, until);
      const protocol = socket.getProtocol() ?? 'TLS';
      socket.destroy();
      return `${protocol}; the certificate is ${trust.fingerprint === undefined ? 'trusted' : 'the pinned one'}.`;
    }),
  );
}

/** A relay's refusals of a client whose key and path are well. */
const relayIsFull = ['instance-busy', 'too-many', 'too-fast'];
const refusal = z.object({ status: z.number() });

/** Of the HTTP answer by which a WebSocket was refused; null: it was not. */
function statusOf(thrown: unknown): number | null {
  const told = refusal.safeParse(thrown instanceof ForgeError ? thrown.data : null);
  return told.success ? told.data.status : null;
}

/** Which step a WebSocket failed at. */
function stepsOf(
  opened: Probe<void>,
  status: number | null,
  path: string,
): Pick<RouteFacts, 'login' | 'path' | 'agent'> {
  const accepted = { is: 'found', value: true } as const;
  const found = { is: 'found', value: path } as const;
  if (opened.is === 'found') return { login: accepted, path: found, agent: accepted };
  if (opened.is === 'skipped') return { login: opened, path: opened, agent: opened };
  if (status === 401 || status === 403) return { login: opened, path: later, agent: later };
  if (status === 502 || status === 503 || status === 504 || relayIsFull.includes(opened.code)) {
    return { login: accepted, path: found, agent: opened };
  }
  return { login: none('The path is not well, so it was not asked.'), path: opened, agent: later };
}
