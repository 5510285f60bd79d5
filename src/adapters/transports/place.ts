import { connect, type Socket } from 'node:net';
import { bareHost } from '../../core/address.ts';
import { reached, unreachable } from './attempt.ts';

export interface Place {
  /** Without the brackets that a URL puts around an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export function placeOf(url: URL, defaultPort = 0): Place {
  return {
    host: bareHost(url.hostname),
    port: url.port === '' ? defaultPort : Number(url.port),
  };
}

/** A plain connection, directly. */
export function connectTcp({ host, port }: Place, until: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  return reached(socket, 'connect', until, (reason) =>
    unreachable(`No connection to ${host}:${port} (${reason})`),
  );
}
