import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ForgeError } from '../../core/errors.ts';
import { longestProblem, problemType, readProblem } from '../../core/relay/problem.ts';
import { codeOf, discard } from './attempt.ts';

export interface WebSocketTerms {
  readonly headers: Readonly<Record<string, string>>;
  /** A longer message ends the connection. In bytes. */
  readonly maxPayload: number;
}

export interface WebSocketFailures {
  /** The other end answered by another HTTP status; `problem` is what it says in the form of a relay's refusals. */
  readonly refused: (status: number, problem: ForgeError | null) => ForgeError;
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
      generateMask: unmasked,
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
    webSocket.once('unexpected-response', (_, response) => {
      void problemIn(response).then((problem) => fail(refused(response.statusCode ?? 0, problem)));
    });
    webSocket.once('open', () => {
      until.removeEventListener('abort', onAbort);
      webSocket.off('error', onError);
      webSocket.pause();
      resolve(webSocket);
    });
    if (until.aborted) onAbort();
  });
}

/**
 * A mask of zeros changes no byte, so that neither end has to go through them all. Masks keep web pages from writing bytes of
 * their choice to proxies that take them for HTTP (RFC 6455 §10.3): no page speaks here, and none such stands inside TLS or on
 * this machine (docs/adr/0013).
 */
function unmasked(mask: Buffer): void {
  mask.fill(0);
}

async function problemIn(response: IncomingMessage): Promise<ForgeError | null> {
  if (response.headers['content-type']?.startsWith(problemType) !== true) return null;
  let text = '';
  try {
    for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += piece;
      if (text.length > longestProblem) return null;
    }
  } catch {
    return null; // cut off: the status is told
  }
  return readProblem(text);
}
