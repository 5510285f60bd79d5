import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RawPeer {
  readonly port: number;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Anything that listens on TCP: an HTTP server, somebody silent, somebody who closes at once. */
export async function rawPeer(onConnection: (socket: Socket) => void): Promise<RawPeer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
