import { type IncomingMessage, request as ask } from 'node:http';
import type { Duplex } from 'node:stream';
import { withinDeadline } from '../adapters/transports/attempt.ts';
import { connectTcp, placeOf } from '../adapters/transports/place.ts';
import { secure } from '../adapters/transports/secure.ts';
import { isLoopback } from '../core/address.ts';
import { ForgeError } from '../core/errors.ts';
import { readProblem } from '../core/relay/problem.ts';
import { passedOnHeader, type Replica } from '../core/relay/replicas.ts';
import { replicaInTheClear } from './replicaUrl.ts';

const connectMs = 3_000;
const mostAnswer = 16 << 20;

/** Whether another replica has passed a request on to us. */
export function wasPassedOn({ headers }: IncomingMessage): boolean {
  return headers[passedOnHeader] !== undefined;
}

/**
 * Passes a request for a WebSocket on as it came, key and all: the other replica judges it as if it had come there. Resolves when
 * the two are joined. Errors: `instance-offline`, `tls-required`.
 */
export async function passOnSocket(
  to: Replica,
  { method = 'GET', url = '/', rawHeaders }: IncomingMessage,
  near: Duplex,
  head: Buffer,
): Promise<void> {
  const far = await reachReplica(to);
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  lines.push(`${passedOnHeader}: 1`, '', '');
  far.write(Buffer.from(lines.join('\r\n'), 'latin1'));
  if (head.length > 0) far.write(head);
  for (const [from, onto] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on('error', () => onto.destroy()).on('close', () => onto.destroy());
    from.pipe(onto);
  }
}

/** Passes a request of the HTTP API on. Errors: the other's, `instance-offline`, `tls-required`. */
export async function passOnRequest(
  to: Replica,
  { method = 'POST', url: path = '/', headers: given }: IncomingMessage,
  body: unknown,
): Promise<unknown> {
  const far = await reachReplica(to);
  const text = JSON.stringify(body);
  const headers = {
    authorization: given.authorization ?? '',
    host: given.host ?? '',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    [passedOnHeader]: '1',
  };
  return new Promise((resolve, reject) => {
    const asking = ask({ method, path, headers, createConnection: () => far }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        answer += piece;
        if (answer.length > mostAnswer) asking.destroy(new Error('The answer is too long.'));
      });
      response.once('end', () => {
        far.destroy();
        if (response.statusCode === 200) resolve(JSON.parse(answer));
        else reject(readProblem(answer) ?? away());
      });
    });
    asking.once('error', () => reject(away()));
    asking.end(text);
  });
}

/** Errors: `tls-required`, `instance-offline`. */
async function reachReplica({ url, fingerprint }: Replica): Promise<Duplex> {
  const target = new URL(url);
  const isSecure = target.protocol === 'https:';
  if (!isSecure && !isLoopback(target.hostname)) throw replicaInTheClear(target.host);
  const place = placeOf(target, isSecure ? 443 : 80);
  try {
    return await withinDeadline(place.host, { timeoutMs: connectMs }, async (until) => {
      const socket = await connectTcp(place, until);
      if (!isSecure) return socket;
      return secure(socket, place.host, { fingerprint: fingerprint ?? undefined }, until);
    });
  } catch {
    throw away();
  }
}

function away(): ForgeError {
  return new ForgeError(
    'instance-offline',
    'The relay that has the workstation cannot be reached now.',
    'Try again in a few seconds: the workstation connects to another one.',
  );
}
