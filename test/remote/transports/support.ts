import assert from 'node:assert/strict';
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { openConnection } from '../../../src/adapters/transports/index.ts';
import type { Connection, OpenOptions } from '../../../src/adapters/transports/transport.ts';
import { certificates, type TestCertificate } from '../../support/certificates.ts';

const toClose: (() => unknown)[] = [];

/** To be called after each test: ends what the helpers here began. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0)) await close();
}

/** Listens on loopback until the test is over. Resolves to the port. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  toClose.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export interface Asked {
  readonly target: string | undefined;
  readonly authorization: string | undefined;
}

/** A proxy that reaches the names it is asked for on this machine, or refuses them. */
export async function proxy(
  status: number,
  server: Server = createHttp(),
): Promise<{ readonly port: number; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const up = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      up.pipe(socket).pipe(up);
    });
    up.on('error', () => socket.destroy());
    socket.on('error', () => up.destroy()).on('close', () => up.destroy());
  });
  return { port: await listening(server), asked };
}

/** A TLS server that says back what it hears. */
export async function tlsEcho(
  onBytes: (count: number) => void = () => undefined,
  { cert, key }: TestCertificate = certificates().server,
): Promise<number> {
  const server = createTls({ cert, key }, (socket) => {
    socket.on('error', () => undefined).on('data', ({ length }: Buffer) => onBytes(length));
    socket.pipe(socket);
  });
  return listening(server.on('tlsClientError', () => undefined));
}

/** A WebSocket with TLS at /blender, for the bearer `secret`. */
export async function webSocketServer(onClient: (client: WebSocket) => void): Promise<number> {
  const { cert, key } = certificates().server;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createHttps({ cert, key });
  server.on('upgrade', (request, socket, head) => {
    const status =
      request.headers.authorization !== 'Bearer secret'
        ? 401
        : (new Map([
            ['/blender', 101],
            ['/full', 503],
            ['/down', 502],
          ]).get(request.url ?? '') ?? 404);
    if (status === 101) sockets.handleUpgrade(request, socket, head, onClient);
    else socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return listening(server);
}

/** Trusts the authority, logs in by `secret`, and ends the connection after the test. No proxy of the machine's is used. */
export async function opened(url: string, options: Partial<OpenOptions> = {}): Promise<Connection> {
  const connection = await openConnection(new URL(url), {
    timeoutMs: 4_000,
    trust: { ca: certificates().authority.cert, headers: { authorization: 'Bearer secret' } },
    env: {},
    ...options,
  });
  toClose.unshift(() => connection.close());
  return connection;
}

/** Rejects as the opening did, with what there is to see of its error. */
export async function refusal(
  url: string,
  options?: Partial<OpenOptions>,
): Promise<{ code: string; message: string; next: string; data: unknown }> {
  const thrown: unknown = await opened(url, options).catch((error: unknown) => error);
  assert.ok(thrown instanceof Error && 'code' in thrown, `${url} was opened`);
  return thrown as unknown as { code: string; message: string; next: string; data: unknown };
}

/** Resolves to the first `count` bytes. */
export function received(connection: Connection, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    connection.listen({
      data: (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= count) resolve(Buffer.concat(chunks));
      },
      closed: (error) => reject(error ?? new Error('It ended.')),
    });
  });
}

/** Resolves to how the connection ended. */
export function ended(connection: Connection): Promise<Error | null> {
  return new Promise((resolve) => connection.listen({ data: () => undefined, closed: resolve }));
}

/** Sends in pieces of 256 KiB, each when the one before has left. */
export async function sendAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 1 << 18) {
    connection.send(bytes.subarray(at, at + (1 << 18)));
    await connection.drained();
  }
}

export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
