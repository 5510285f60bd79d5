import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWebSocketStream, type WebSocket } from 'ws';
import type { AllowListGate, Passed } from '../core/relay/gate.ts';

export interface SpliceOptions {
  readonly client: WebSocket;
  readonly agent: WebSocket;
  /** Null: everything passes unread. */
  readonly gate: AllowListGate | null;
  /** Told of bytes on their way; they wait for so many ms. */
  readonly meter: (direction: 'toBlender' | 'toClient', bytes: number) => number;
  readonly onRefused: (methods: readonly string[]) => void;
  /** The gate cannot go on: the session has to end. What comes afterwards is thrown away. */
  readonly onViolation: (thrown: unknown) => void;
}

/** How much may wait on its way, so that neither side stands still for each message. In bytes. */
const ahead = { highWaterMark: 256 << 10 };
/** Refusals that a client leaves unread, in bytes. */
const mostUnread = 1 << 20;

/** Joins two WebSockets until one of them is gone. Neither is read faster than the other takes it. */
export async function splice({ client, agent, gate, ...told }: SpliceOptions): Promise<void> {
  let over = false;
  const pass = (direction: 'toBlender' | 'toClient'): Transform =>
    new Transform({
      ...ahead,
      transform(chunk: Buffer, _encoding, done) {
        if (over) {
          done();
          return;
        }
        try {
          const { toBlender, toClient, refused } = judged(gate, direction, chunk);
          for (const piece of toBlender) up.push(piece);
          for (const piece of toClient) down.push(piece);
          if (refused.length > 0) told.onRefused(refused);
          if (refused.length > 0 && down.readableLength > mostUnread)
            throw new Error('refusals are not read');
        } catch (thrown) {
          over = true;
          told.onViolation(thrown);
          done();
          return;
        }
        const waitMs = told.meter(direction, chunk.length);
        if (waitMs === 0) done();
        else void sleep(waitMs).then(() => done());
      },
    });
  const up = pass('toBlender');
  const down = pass('toClient');
  const [clientBytes, agentBytes] = [
    createWebSocketStream(client, ahead),
    createWebSocketStream(agent, ahead),
  ];
  // How they end does not matter, and a socket that was cut may never tell its stream: the WebSockets themselves do.
  void pipeline(clientBytes, up, agentBytes).catch(() => undefined);
  void pipeline(agentBytes, down, clientBytes).catch(() => undefined);
  await Promise.all([closed(client), closed(agent)]);
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}

function judged(gate: AllowListGate | null, direction: 'toBlender' | 'toClient', chunk: Buffer): Passed {
  if (gate !== null) return direction === 'toBlender' ? gate.fromClient(chunk) : gate.fromBlender(chunk);
  return { toBlender: [], toClient: [], refused: [], [direction]: [chunk] };
}
