import type { Socket } from 'node:net';
import { ignoredProxyCertificate, proxyFor } from '../../core/proxy.ts';
import { connectTcp, type Place } from './place.ts';
import { throughProxy } from './proxy.ts';

/** A plain connection, through the proxy that the environment names for the place, where it names one. */
export function reach(
  place: Place,
  env: Readonly<Record<string, string | undefined>>,
  until: AbortSignal,
): Promise<Socket> {
  const proxy = proxyFor(place.host, place.port, env);
  return proxy === null
    ? connectTcp(place, until)
    : throughProxy(proxy, place, until, env[ignoredProxyCertificate] === '1');
}
