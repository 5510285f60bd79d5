import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

/** What happens to bodies on their way; `after` bytes pass untouched. */
export interface Fault {
  readonly kind: 'none' | 'flip' | 'cut' | 'stall' | 'repeat' | 'slow';
  readonly after: number;
  /** Default: the answers to GET. `up`: the bodies of PUT. */
  readonly way?: 'up';
}

export interface FaultyProxy {
  /** What to give to a client in the server's place. */
  readonly endpoint: string;
  /** Can be set anew at any time; holds for the answers that begin after. */
  fault: Fault;
  /** Bytes of bodies that went through it in the way of its faults: a clock that stands still when this machine does. */
  readonly carried: number;
  close(): void;
}

/** A network between a client and an HTTP server that damages what it carries. Signatures stay valid: headers pass unchanged. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port, pathname } = new URL(target);
  let carried = 0;
  const damaged = (answer: ServerResponse): Transform => {
    const damaging = damage(proxy.fault, () => answer.destroy());
    damaging.on('data', (chunk: Buffer) => (carried += chunk.length));
    return damaging;
  };
  const forward = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      if (method === 'GET' && response.statusCode === 200 && proxy.fault.way !== 'up')
        response.pipe(damaged(answer)).pipe(answer);
      else response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    if (method === 'PUT' && proxy.fault.way === 'up') incoming.pipe(damaged(answer)).pipe(onward);
    else incoming.pipe(onward);
  };
  const server = createServer(forward).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${own}${pathname}`,
    fault: { kind: 'none', after: 0 },
    get carried() {
      return carried;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}

/** What a piece of a body takes on a slow way. */
const slowMs = 40;
const largestPiece = 65_536;
/** The most that a slow way carries. */
export const slowBytesPerSecond = (largestPiece * 1000) / slowMs;

function damage({ kind, after }: Fault, cut: () => void): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = after - seen;
      seen += chunk.length;
      if (kind === 'none' || seen <= after) {
        done(null, chunk);
      } else if (kind === 'slow') {
        setTimeout(() => done(null, chunk), slowMs);
      } else if (kind === 'flip') {
        if (at >= 0) chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at);
        done(null, chunk);
      } else if (kind === 'cut') {
        cut();
        done();
      } else if (kind === 'repeat') {
        // The same piece twice, and as much less at the end: the length stays right.
        if (at >= 0 && at + 2 <= chunk.length) chunk.copyWithin(at + 1, at, chunk.length - 1);
        done(null, chunk);
      } else {
        this.push(chunk.subarray(0, Math.max(at, 0))); // and never asks for more
      }
    },
  });
}
