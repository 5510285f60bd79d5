import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { keepAlive, webSocketLimits } from './keepAlive.ts';
import { drained } from './socketConnection.ts';
import type { Connection, ConnectionListener } from './transport.ts';

/** How long the other end may take to close in good order, in ms. */
const closeMs = 1_000;

/** A connection in the binary messages of a WebSocket that is open. */
export class WebSocketConnection implements Connection {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  #listener: ConnectionListener | null = null;
  /** What came while nobody listened: pausing keeps the rest of a chunk from coming no more. */
  readonly #waiting: Uint8Array[] = [];
  #ended: { readonly error: Error | null } | null = null;

  /**
   * @param webSocket paused since it is open
   * @param socket the one below, for its back-pressure
   */
  constructor(webSocket: WebSocket, socket: Socket, pingMs: number) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    webSocket.on('message', (message, isBinary) => this.#take(message, isBinary));
    webSocket.on('error', (error) => this.#end(error));
    webSocket.on('close', (code) => this.#end(closeError(code)));
    keepAlive(webSocket, pingMs, (silentMs) =>
      this.#end(new Error(`nothing was heard for ${silentMs / 1000} s, nor were pings answered`)),
    );
  }

  listen(listener: ConnectionListener | null): void {
    this.#listener = listener;
    if (listener === null) {
      this.#webSocket.pause();
      return;
    }
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      listener.data(next);
      if (this.#listener !== listener) return;
    }
    if (this.#ended === null) this.#webSocket.resume();
    else listener.closed(this.#ended.error);
  }

  send(...pieces: readonly Uint8Array[]): void {
    if (this.#ended !== null || this.#webSocket.readyState !== WebSocket.OPEN) return;
    this.#socket.cork();
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += webSocketLimits.sentBytes) {
        this.#webSocket.send(piece.subarray(at, at + webSocketLimits.sentBytes));
      }
    }
    this.#socket.uncork();
  }

  drained(): Promise<void> {
    return this.#ended === null ? drained(this.#socket) : Promise.resolve();
  }

  close(): void {
    this.#webSocket.resume();
    this.#webSocket.close(1000);
    setTimeout(() => this.#webSocket.terminate(), closeMs).unref();
    this.#end(null);
  }

  #take(message: WebSocket.RawData, isBinary: boolean): void {
    if (this.#ended !== null || !Buffer.isBuffer(message)) return;
    if (!isBinary) {
      this.#webSocket.close(1003);
      this.#end(new Error('it sent text where bytes are spoken: it is not an Avatar Forge agent'));
    } else if (this.#listener === null) this.#waiting.push(message);
    else this.#listener.data(message);
  }

  #end(error: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { error };
    this.#listener?.closed(error);
  }
}

const closings: Readonly<Record<number, string>> = {
  1001: 'the workstation is shutting down',
  1002: 'the other end found a fault in the WebSocket',
  1003: 'the other end takes bytes only',
  1006: 'the connection broke',
  1008: 'the other end no longer permits it',
  1009: 'a message was too long for the other end',
  1011: 'the other end failed',
  1012: 'the agent restarts',
  1013: 'the other end has too much to do',
  1014: 'a proxy on the way lost the workstation',
};

/** Null: closed in good order. */
function closeError(code: number): Error | null {
  if (code === 1000 || code === 1005) return null;
  return new Error(`${closings[code] ?? 'the other end closed it'} (WebSocket close code ${code})`);
}
