import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import { ForgeError } from '../core/errors.ts';

export interface RelayTrust {
  /** The SHA-256 of the relay's certificate, 64 hex digits: that one and no other. */
  readonly fingerprint?: string | undefined;
  /** The certificate authority to trust in place of the system's, PEM. */
  readonly ca?: string | undefined;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const connectMs = 10_000;

/**
 * A connection to the relay whose other end is known to be it: no key is sent before. Errors: `relay-unreachable`,
 * `relay-distrusted`, `tls-required`.
 */
export function reachRelay(url: URL, trust: RelayTrust): Promise<Socket> {
  const secure = url.protocol === 'wss:';
  if (!secure && !loopback.test(url.hostname)) return Promise.reject(tlsRequired());
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const to = { host, port: Number(url.port === '' ? (secure ? 443 : 80) : url.port), noDelay: true };
  return new Promise((resolve, reject) => {
    const fail = (error: ForgeError): void => {
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const socket = secure ? secured(to, trust) : connectPlain(to);
    const timer = setTimeout(() => fail(unreachable(url, `no answer within ${connectMs} ms`)), connectMs);
    const onError = (thrown: Error): void => {
      clearTimeout(timer);
      fail(unreachable(url, 'code' in thrown ? String(thrown.code) : thrown.message));
    };
    socket.once('error', onError);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      if ('getPeerX509Certificate' in socket && !isTrusted(socket, trust)) fail(distrusted(url));
      else resolve(socket);
    });
  });
}

function secured(
  to: { readonly host: string; readonly port: number },
  { fingerprint, ca }: RelayTrust,
): TLSSocket {
  return connectSecure({
    ...to,
    servername: isIP(to.host) === 0 ? to.host : '',
    minVersion: 'TLSv1.2',
    // With a fingerprint the certificate itself is compared, below.
    rejectUnauthorized: fingerprint === undefined,
    ...(ca === undefined ? {} : { ca }),
  });
}

function isTrusted(socket: TLSSocket, { fingerprint }: RelayTrust): boolean {
  if (fingerprint === undefined) return socket.authorized;
  return plainHex(socket.getPeerX509Certificate()?.fingerprint256 ?? '') === plainHex(fingerprint);
}

function plainHex(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

function unreachable(url: URL, why: string): ForgeError {
  return new ForgeError(
    'relay-unreachable',
    `The relay at ${url.host} cannot be reached (${why}).`,
    'Check its address, and whether this machine may reach it; the agent goes on trying.',
  );
}

function distrusted(url: URL): ForgeError {
  return new ForgeError(
    'relay-distrusted',
    `What answers at ${url.host} has another certificate than the one that is pinned.`,
    "Compare the fingerprint with the one in the relay's log; do not connect if they differ.",
  );
}

function tlsRequired(): ForgeError {
  return new ForgeError(
    'tls-required',
    'The API key would cross the network in the clear.',
    'Write the address of the relay with wss://.',
  );
}
