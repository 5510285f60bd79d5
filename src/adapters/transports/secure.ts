import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { ForgeError } from '../../core/errors.ts';
import { readFingerprint } from '../../core/fingerprint.ts';
import { discard, reached, unreachable } from './attempt.ts';
import type { Trust } from './transport.ts';

const minVersion = 'TLSv1.2';

/**
 * TLS on a connection, as its client. The other end's certificate is judged before a byte of ours is sent: by the pinned
 * fingerprint alone, else by chain and name; `anybody` is only ever right for a proxy, within whose TLS there is another. Errors: `certificate-refused`, `blender-unreachable`.
 */
export async function secure(
  socket: Socket,
  host: string,
  whom: Trust | 'anybody',
  until: AbortSignal,
): Promise<TLSSocket> {
  const trust = whom === 'anybody' ? {} : whom;
  const pinned = trust.fingerprint === undefined ? null : readFingerprint(trust.fingerprint);
  if (trust.fingerprint !== undefined && pinned === null) {
    discard(socket);
    throw new ForgeError(
      'bad-endpoint',
      'The fingerprint to accept is not the sha256 of a certificate.',
      'Give its 64 hex digits, as the agent prints them when it starts.',
    );
  }
  socket.on('error', () => undefined); // what breaks below is told by the TLS socket above
  const secured = connect({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    minVersion,
    ...(trust.ca === undefined && pinned === null ? { secureContext: systemTrust() } : { ca: trust.ca }),
    rejectUnauthorized: false, // it is judged here, where the refusal can name the fingerprint
  });
  await reached(secured, 'secureConnect', until, (reason) =>
    unreachable(
      `No TLS with ${host} (${reason})`,
      'Look whether the port is the one that speaks TLS, and whether its certificate and key fit each other.',
    ),
  );
  if (whom === 'anybody') return secured;
  const refusal = judge(secured, host, pinned, trust.ca !== undefined);
  if (refusal === null) return secured;
  discard(secured);
  throw refusal;
}

function judge(socket: TLSSocket, host: string, pinned: string | null, hasCa: boolean): ForgeError | null {
  const presented = createHash('sha256')
    .update(socket.getPeerX509Certificate()?.raw ?? '')
    .digest();
  if (pinned === null) {
    return socket.authorized ? null : distrusted(host, presented.toString('hex'), socket, hasCa);
  }
  return timingSafeEqual(presented, Buffer.from(pinned, 'hex'))
    ? null
    : refused(
        `The certificate that ${host} presents is not the pinned one: its sha256 is ${presented.toString('hex')}`,
        'If it was renewed, compare that with what the agent printed when it started, and pin the new one. Otherwise somebody is in between: do not connect.',
        presented.toString('hex'),
      );
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet: look at the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  SELF_SIGNED_CERT_IN_CHAIN: 'it comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it comes from an authority that is not trusted here',
};

function distrusted(host: string, presented: string, socket: TLSSocket, hasCa: boolean): ForgeError {
  const code = String(socket.authorizationError);
  return refused(
    `The certificate that ${host} presents is not trusted: ${reasons[code] ?? code}. Its sha256 is ${presented}`,
    hasCa
      ? 'Use the host name that the certificate is for, and the authority that issued it (AVATAR_FORGE_CA).'
      : 'Set the authority that issued it (AVATAR_FORGE_CA), or pin the fingerprint (AVATAR_FORGE_FINGERPRINT) once it is compared with what the agent printed.',
    presented,
  );
}

function refused(what: string, next: string, fingerprint: string): ForgeError {
  return new ForgeError('certificate-refused', `${what}.`, next, { data: { fingerprint } });
}

let trusted: SecureContext | undefined;

/** What Node trusts and what the machine trusts: an organisation's own authority is in the latter only. Slow to read. */
function systemTrust(): SecureContext {
  return (trusted ??= createSecureContext({
    minVersion,
    ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
  }));
}
