import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { isLoopback } from '../../core/address.ts';
import { ForgeError } from '../../core/errors.ts';
import { clientHeader } from '../../protocol/relay.ts';
import { unreachable, withinDeadline } from './attempt.ts';
import { webSocketLimits } from './keepAlive.ts';
import { openWebSocket } from './openWebSocket.ts';
import { connectTcp, placeOf } from './place.ts';
import { reach } from './reach.ts';
import { secure } from './secure.ts';
import type { Connection, OpenOptions, Transport } from './transport.ts';
import { WebSocketConnection } from './webSocketConnection.ts';

/** `wss://host:port/path`: the wire in a WebSocket, as the agent offers it. */
export const wss: Transport = {
  scheme: 'wss:',
  open: (url, options) =>
    withinDeadline(url.host, options, async (until) => {
      const place = placeOf(url, 443);
      const socket = await reach(place, options.env ?? process.env, until);
      return opened(url, await secure(socket, place.host, options.trust ?? {}, until), options, until);
    }),
};

/** `ws://` without TLS: on this machine only, such as through `ssh -L`. */
export const ws: Transport = {
  scheme: 'ws:',
  open: async (url, options) => {
    if (!isLoopback(url.hostname)) {
      throw new ForgeError(
        'bad-endpoint',
        `${url.host} would be spoken to in the clear: ws:// is for this machine only.`,
        'Write wss:// in place of ws://.',
      );
    }
    return withinDeadline(url.host, options, async (until) =>
      opened(url, await connectTcp(placeOf(url, 80), until), options, until),
    );
  },
};

async function opened(
  url: URL,
  socket: Socket,
  { trust = {}, pingMs = webSocketLimits.pingMs }: OpenOptions,
  until: AbortSignal,
): Promise<Connection> {
  const headers = { [clientHeader]: thisProcess, ...trust.headers };
  const terms = { headers, maxPayload: webSocketLimits.receivedBytes };
  const webSocket = await openWebSocket(url, socket, terms, until, {
    refused: (status, problem) => withStatus(problem ?? refused(url, status), status),
    broken: (reason) => unreachable(`No WebSocket at ${url.host} (${reason})`, tunnelNext),
  });
  return new WebSocketConnection(webSocket, socket, pingMs);
}

/** Who we are among the clients of an API key, where the caller does not say: a relay's lease is this client's. */
const thisProcess = randomUUID();

const tunnelNext =
  "Look at the agent's log, and at what is in front of it; the URL is wss://host:port/blender.";

function refused(url: URL, status: number): ForgeError {
  const said = `(HTTP ${status})`;
  switch (status) {
    case 401:
    case 403:
      return tunnelRefused(
        `${url.host} refused our login ${said}`,
        'Set the token that the agent was started with (AVATAR_FORGE_TUNNEL_TOKEN).',
      );
    case 404:
      return tunnelRefused(
        `There is no WebSocket at ${url.pathname} of ${url.host} ${said}`,
        "Correct the path of the URL; the agent's is /blender.",
      );
    case 502:
    case 504:
      return unreachable(
        `${url.host} answers, but Blender behind it does not ${said}`,
        'Look whether Blender runs in the workstation with the add-on started, then try again.',
      );
    case 503:
      return tunnelRefused(
        `${url.host} takes no further connection now ${said}`,
        'Close other clients of this workstation, or wait a little and try again.',
      );
    default:
      return tunnelRefused(`${url.host} refused the WebSocket ${said}`, tunnelNext);
  }
}

function tunnelRefused(what: string, next: string): ForgeError {
  return new ForgeError('tunnel-refused', `${what}.`, next);
}

/** For whoever judges by it at which step the way ended. */
function withStatus({ code, message, next }: ForgeError, status: number): ForgeError {
  return new ForgeError(code, message, next, { data: { status } });
}
