import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ForgeError } from '../../core/errors.ts';
import { codeOf, discard } from './attempt.ts';

export interface WebSocketTerms {
  readonly headers: Readonly<Record<string, string>>;
  /** A longer message ends the connection. In bytes. */
  readonly maxPayload: number;
}

export interface WebSocketFailures {
  /** The other end answered by another HTTP status. */
  readonly refused: (status: number) => ForgeError;
  /** It broke off before it answered; `reason` such as `ECONNRESET`. */
  readonly broken: (reason: string) => ForgeError;
}

/**
 * Opens a WebSocket on a socket that is connected, with TLS or without. It comes paused: what arrives together with the answer
 * waits until somebody listens. Whatever fails, the socket is destroyed; `until` carries its own error.
 */
export function openWebSocket(
  url: URL,
  socket: Duplex,
  { headers, maxPayload }: WebSocketTerms,
  until: AbortSignal,
  { refused, broken }: WebSocketFailures,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, {
      createConnection: () => socket,
      headers: { ...headers },
      maxPayload,
      perMessageDeflate: false,
    });
    const fail = (error: Error): void => {
      until.removeEventListener('abort', onAbort);
      webSocket.off('error', onError).on('error', () => undefined);
      webSocket.terminate();
      discard(socket);
      reject(error);
    };
    const onAbort = (): void => fail(until.reason as ForgeError);
    const onError = (thrown: Error): void => fail(broken(codeOf(thrown)));
    until.addEventListener('abort', onAbort, { once: true });
    webSocket.once('error', onError);
    webSocket.once('unexpected-response', (_, { statusCode = 0 }) => fail(refused(statusCode)));
    webSocket.once('open', () => {
      until.removeEventListener('abort', onAbort);
      webSocket.off('error', onError);
      webSocket.pause();
      resolve(webSocket);
    });
    if (until.aborted) onAbort();
  });
}
