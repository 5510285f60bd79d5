import { connect, type Socket } from 'node:net';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type { Connection, ConnectionListener, OpenOptions, Transport } from './transport.ts';

/** `tcp://host:port`, for loopback and networks that are trusted otherwise: nothing is encrypted. */
export const tcp: Transport = { scheme: 'tcp:', open };

function open(url: URL, { timeoutMs, signal }: OpenOptions): Promise<Connection> {
  const { host } = url;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port),
      noDelay: true,
    });
    const fail = (error: ForgeError): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(unreachable(`Nothing answered at ${host} within ${timeoutMs} ms`));
    }, timeoutMs);
    const onAbort = (): void => {
      fail(
        new ForgeError(
          'cancelled',
          'The call was cancelled while connecting.',
          'Call again when it is wanted.',
        ),
      );
    };
    const onError = (thrown: Error): void => {
      fail(
        unreachable(
          `No connection to ${host} (${'code' in thrown ? String(thrown.code) : reasonOf(thrown)})`,
        ),
      );
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      settle();
      resolve(new SocketConnection(socket));
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}

const unreachableNext =
  'Start Blender with the add-on, or correct the host and port; the sidebar of the add-on shows both.';

function unreachable(what: string): ForgeError {
  return new ForgeError('blender-unreachable', `${what}.`, unreachableNext);
}

class SocketConnection implements Connection {
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
    if (!this.#socket.writableNeedDrain || this.#ended !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.once('drain', done).once('close', done);
    });
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
