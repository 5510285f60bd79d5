import { request } from 'node:http';
import type { Socket } from 'node:net';
import { ForgeError } from '../../core/errors.ts';
import { codeOf, discard, unreachable } from './attempt.ts';
import { connectTcp, placeOf, type Place } from './place.ts';
import { secure } from './secure.ts';

/** A connection that an HTTP proxy makes for us by CONNECT. Errors name the proxy without its password. */
export async function throughProxy(
  proxy: URL,
  place: Place,
  until: AbortSignal,
  isUnverified = false,
): Promise<Socket> {
  const isSecure = proxy.protocol === 'https:';
  const proxyPlace = placeOf(proxy, isSecure ? 443 : 80);
  let socket: Socket;
  try {
    socket = await connectTcp(proxyPlace, until);
    if (isSecure) socket = await secure(socket, proxyPlace.host, isUnverified ? 'anybody' : {}, until);
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.code !== 'blender-unreachable') throw thrown;
    throw unreachable(
      `The proxy ${proxy.host} cannot be reached`,
      'Correct HTTPS_PROXY, or name the workstation in NO_PROXY if it needs no proxy.',
    );
  }
  return tunnelled(socket, proxy, place, until);
}

function tunnelled(socket: Socket, proxy: URL, { host, port }: Place, until: AbortSignal): Promise<Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
      createConnection: () => socket,
    });
    const settle = (): void => until.removeEventListener('abort', onAbort);
    const fail = (error: Error): void => {
      settle();
      asking.on('error', () => undefined).destroy();
      discard(socket);
      reject(error);
    };
    const onAbort = (): void => fail(until.reason as ForgeError);
    until.addEventListener('abort', onAbort, { once: true });
    asking.once('error', (thrown) =>
      fail(unreachable(`The proxy ${proxy.host} broke off (${codeOf(thrown)})`)),
    );
    asking.once('connect', ({ statusCode = 0 }, _, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        fail(refused(statusCode, proxy, target));
        return;
      }
      settle();
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asking.end();
  });
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function refused(status: number, proxy: URL, target: string): ForgeError {
  return new ForgeError(
    'proxy-refused',
    `The proxy ${proxy.host} refused to connect to ${target} (HTTP ${status}).`,
    status === 407
      ? 'It asks for a login: put it into HTTPS_PROXY as http://user:password@host:port.'
      : `Have CONNECT to ${target} allowed there, or name the workstation in NO_PROXY if it needs no proxy.`,
    { data: { status } },
  );
}
