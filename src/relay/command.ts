import { randomBytes } from 'node:crypto';
import { createWebSocketStream, type WebSocket } from 'ws';
import { ForgeError } from '../core/errors.ts';
import { deadlines } from '../core/wire/deadlines.ts';
import { encodeMessage, type FrameDecoder } from '../core/wire/frames.ts';
import { Handshake, type HandshakeStep } from '../core/wire/handshake.ts';
import { readServerMessage } from '../core/wire/messages.ts';
import { FRAME_JSON } from '../protocol/wire.ts';

export interface Command {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** How long it may run in Blender, in ms. */
  readonly deadlineMs: number;
}

const requestId = 1;
/** The most an answer may have, in bytes, all it comes with included. */
const mostAnswer = 8 << 20;

/**
 * Runs one command over a fresh data connection, as a client of protocol 2. Errors: those of Blender, `blender-gone`,
 * `deadline-exceeded`, `too-large`, `dialect-stock`, and those of the handshake.
 */
export async function runCommand(agent: WebSocket, command: Command, client: string): Promise<unknown> {
  const handshake = new Handshake({
    nonce: randomBytes(16).toString('hex'),
    client,
    token: undefined,
    probe: false,
    deadlines,
  });
  const stream = createWebSocketStream(agent);
  stream.on('error', () => undefined); // an end follows
  let decoder: FrameDecoder | null = null;
  let received = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<unknown>((resolve, reject) => {
      const after = (ms: number, what: () => void): void => {
        clearTimeout(timer);
        timer = setTimeout(what, ms);
      };
      const read = (): void => {
        for (let frame = decoder?.next(); frame !== null && frame !== undefined; frame = decoder?.next()) {
          if (frame.kind !== FRAME_JSON) continue;
          const { id, result, error } = readServerMessage(frame.json);
          if (error !== undefined && (id === requestId || id === undefined))
            reject(
              new ForgeError(error.code, error.message, 'Blender says so; mend the command.', {
                data: error.data,
              }),
            );
          else if (id === requestId && result !== undefined) resolve(result);
        }
      };
      const take = (step: HandshakeStep): void => {
        switch (step.is) {
          case 'pending':
            if (step.send !== null) stream.write(step.send);
            if (step.waitMs !== null) after(step.waitMs, () => take(handshake.timeout()));
            return;
          case 'forge': {
            const { method, params, deadlineMs } = command;
            decoder = step.decoder;
            after(deadlineMs + deadlines.graceMs, () => reject(tooLate()));
            stream.write(encodeMessage({ id: requestId, method, params, deadlineMs }));
            read();
            return;
          }
          case 'failed':
            reject(step.error);
            return;
          case 'stock':
          case 'reopen':
            reject(stockThere());
        }
      };
      stream.on('data', (chunk: Buffer) => {
        try {
          received += chunk.length;
          if (received > mostAnswer) throw tooMuch();
          if (decoder === null) {
            take(handshake.receive(chunk));
          } else {
            decoder.feed(chunk);
            read();
          }
        } catch (thrown) {
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      });
      stream.once('end', () => reject(gone())).once('close', () => reject(gone()));
      take(handshake.start());
    });
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

function tooLate(): ForgeError {
  return new ForgeError(
    'deadline-exceeded',
    'Blender did not answer in time.',
    'Give it a longer deadlineMs.',
  );
}

function gone(): ForgeError {
  return new ForgeError(
    'blender-gone',
    'The connection to Blender broke before its answer.',
    'Look at the scene, then try again.',
  );
}

function tooMuch(): ForgeError {
  return new ForgeError(
    'too-large',
    'The answer is larger than the HTTP API carries.',
    'Use a connection to the instance.',
  );
}

function stockThere(): ForgeError {
  return new ForgeError(
    'dialect-stock',
    'A stock add-on answers there, which the HTTP API does not speak with.',
    'Connect to the instance, or install the Avatar Forge add-on in that Blender.',
  );
}
