import type { Socket } from 'node:net';
import type { Connection, ConnectionListener } from './transport.ts';

/** A connection on a socket that is connected, with TLS or without. */
export class SocketConnection implements Connection {
  readonly #socket: Socket;
  #listener: ConnectionListener | null = null;
  #ended: { readonly error: Error | null } | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.#listener?.data(chunk));
    socket.on('end', () => this.#end(null));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(null));
  }

  listen(listener: ConnectionListener | null): void {
    this.#listener = listener;
    if (listener === null) this.#socket.pause();
    else if (this.#ended === null) this.#socket.resume();
    else listener.closed(this.#ended.error);
  }

  send(...pieces: readonly Uint8Array[]): void {
    if (this.#ended !== null) return;
    if (pieces.length === 1 && pieces[0] !== undefined) {
      this.#socket.write(pieces[0]);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }

  drained(): Promise<void> {
    return this.#ended === null ? drained(this.#socket) : Promise.resolve();
  }

  close(): void {
    this.#socket.destroy();
    this.#end(null);
  }

  #end(error: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { error };
    this.#socket.destroy();
    this.#listener?.closed(error);
  }
}

/** Resolves when a socket's own buffer is empty again, or the socket is closed. */
export function drained(socket: Socket): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
}
