import type { WebSocket } from 'ws';

/** More than this waiting to be sent, in bytes: the other side asks and does not listen. */
const mostWaiting = 16 << 20;

/** Pings WebSockets, and drops those that give no sign of life between two pings. */
export class Heartbeat {
  /** With each, whether it has been heard of since the last ping. */
  readonly #alive = new Map<WebSocket, boolean>();
  readonly #timer: NodeJS.Timeout;

  constructor(pingMs: number) {
    this.#timer = setInterval(() => this.#beat(), pingMs);
  }

  watch(socket: WebSocket): void {
    const heard = (): void => void this.#alive.set(socket, true);
    heard();
    socket.on('pong', heard).on('ping', heard).on('message', heard);
    socket.once('close', () => this.#alive.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    for (const [socket, alive] of this.#alive) {
      // A socket that is held back by the other end of its session is not read: its pong cannot arrive.
      if ((!alive && !socket.isPaused) || socket.bufferedAmount > mostWaiting) {
        socket.terminate();
        continue;
      }
      this.#alive.set(socket, false);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}

const goodbyeMs = 2_000;

/** Closes with a code and a reason, and does not wait long for the answer. */
export function hangUp(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === socket.CLOSED) return;
  socket.close(code, reason.slice(0, 120));
  const timer = setTimeout(() => socket.terminate(), goodbyeMs);
  socket.once('close', () => clearTimeout(timer));
}
