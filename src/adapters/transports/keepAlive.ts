import { WebSocket } from 'ws';

/** Of a WebSocket that carries the wire; both ends keep to it. */
export const webSocketLimits = {
  /** A longer piece is sent as several messages: they are bytes of a stream, and their borders mean nothing. In bytes. */
  sentBytes: 1 << 20,
  /** A longer message ends the connection. In bytes. */
  receivedBytes: 4 << 20,
  pingMs: 15_000,
} as const;

/** Pings that may stay unanswered in a row: a Blender in a long computation may hold everything up for 20 s. */
const patience = 2;

/**
 * Pings a WebSocket until it closes. One that neither answers nor takes or sends anything else is cut, and `onStalled` is told
 * before. While it is paused here nothing can be heard from it, and it is not judged.
 */
export function keepAlive(socket: WebSocket, everyMs: number, onStalled: (silentMs: number) => void): void {
  let unanswered = 0;
  let waiting = 0;
  const alive = (): void => {
    unanswered = 0;
  };
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.isPaused || socket.bufferedAmount < waiting) unanswered = 0;
    waiting = socket.bufferedAmount;
    if (unanswered === patience) {
      onStalled((patience + 1) * everyMs);
      socket.terminate();
      return;
    }
    unanswered += 1;
    socket.ping();
  }, everyMs);
  timer.unref();
  socket
    .on('message', alive)
    .on('pong', alive)
    .on('ping', alive)
    .on('close', () => clearInterval(timer));
}
