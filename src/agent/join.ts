import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { webSocketLimits } from '../adapters/transports/keepAlive.ts';

/** How much may wait for a slow client before Blender is read no further, in bytes. */
const highWater = 1 << 20;
/** How long the rest may take to reach Blender after the client has gone, in ms. */
const lastBytesMs = 5_000;

/** What a joint counts. */
export interface Traffic {
  /** That are joined to Blender now, and that ever were. */
  clients: number;
  clientsEver: number;
  bytesToBlender: number;
  bytesFromBlender: number;
  /** When a byte last went either way, or a client came or went: ms since 1970. */
  lastActivityMs: number;
}

/**
 * Passes bytes on between a client and Blender until either ends. Whoever takes slowly is waited for, and what was said before
 * an end still arrives. A WebSocket cannot end one direction alone: when Blender ends its own, the whole is closed.
 */
export function join(client: WebSocket, blender: Socket, traffic: Traffic): void {
  const active = (): void => {
    traffic.lastActivityMs = Date.now();
  };
  traffic.clients += 1;
  traffic.clientsEver += 1;
  active();
  client.on('message', (message, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(message)) {
      client.close(1003, 'bytes only');
      return;
    }
    active();
    traffic.bytesToBlender += message.length;
    if (!blender.writable) return;
    if (!blender.write(message)) client.pause();
  });
  blender.on('drain', () => resume(client));
  client.on('close', () => {
    traffic.clients -= 1;
    active();
    blender.end();
    blender.resume(); // what it still says is for nobody, but would keep its end from coming
    const timer = setTimeout(() => blender.destroy(), lastBytesMs);
    blender.once('close', () => clearTimeout(timer));
  });
  client.on('error', () => client.terminate());

  const sent = (): void => {
    if (client.bufferedAmount < highWater / 2) blender.resume();
  };
  blender.on('data', (chunk: Buffer) => {
    if (client.readyState !== WebSocket.OPEN) return;
    active();
    traffic.bytesFromBlender += chunk.length;
    for (let at = 0; at < chunk.length; at += webSocketLimits.sentBytes) {
      client.send(chunk.subarray(at, at + webSocketLimits.sentBytes), sent);
    }
    if (client.bufferedAmount >= highWater) blender.pause();
  });
  blender.on('end', () => close(client, 1000, ''));
  blender.on('error', () => close(client, 1011, 'the connection to Blender broke'));
  blender.on('close', () => close(client, 1000, ''));
}

function close(client: WebSocket, code: number, reason: string): void {
  resume(client); // the answer to the close has to be read
  client.close(code, reason);
}

function resume(client: WebSocket): void {
  if (client.isPaused) client.resume();
}
