import type { WebSocket } from 'ws';
import { ForgeError } from '../core/errors.ts';
import type { AllowListGate, Passed } from '../core/relay/gate.ts';
import { MAX_RELAY_MESSAGE } from '../protocol/relay.ts';

export interface SpliceOptions {
  readonly client: WebSocket;
  readonly agent: WebSocket;
  /** Null: everything passes unread. */
  readonly gate: AllowListGate | null;
  /** Told of bytes on their way, and how many messages the gate has read; what follows them waits for so many ms. */
  readonly meter: (direction: 'toBlender' | 'toClient', bytes: number, read: number) => number;
  readonly onRefused: (methods: readonly string[]) => void;
  /** The gate cannot go on: the session has to end. What comes afterwards is thrown away. */
  readonly onViolation: (thrown: unknown) => void;
}

/** How much may wait for the side that takes it, so that neither stands still for each message. In bytes. */
const highWater = 1 << 20;
/** What is made of several pieces: longer than this is cut, for the other end takes no more than {@link MAX_RELAY_MESSAGE}. In bytes. */
const messageBytes = 1 << 20;
/** Refusals that a client leaves unread, in bytes. */
const mostUnread = 1 << 20;

/** Joins two WebSockets until both are gone. Neither is read faster than the other takes it. */
export async function splice({ client, agent, gate, ...told }: SpliceOptions): Promise<void> {
  let over = false;
  const up = new Outlet(agent, client);
  const down = new Outlet(client, agent);
  const pass = (direction: 'toBlender' | 'toClient', outlet: Outlet) => (chunk: Buffer) => {
    if (over) return;
    try {
      const { toBlender, toClient, refused, read } = judged(gate, direction, chunk);
      up.send(toBlender);
      down.send(toClient);
      if (refused.length > 0) told.onRefused(refused);
      if (gate?.isOver === true) throw refusedTooOften();
      if (refused.length > 0 && client.bufferedAmount > mostUnread) throw new Error('refusals are not read');
      outlet.hold(told.meter(direction, chunk.length, read));
    } catch (thrown) {
      over = true;
      told.onViolation(thrown);
    }
  };
  client.on('message', pass('toBlender', up));
  agent.on('message', pass('toClient', down));
  for (const outlet of [up, down]) outlet.release();
  await Promise.all([closed(client).then(() => up.end()), closed(agent).then(() => down.end())]);
}

/** The way out to one side; the other, from which it comes, is read no faster. */
class Outlet {
  readonly #to: WebSocket;
  readonly #from: WebSocket;
  #timer: NodeJS.Timeout | undefined;

  constructor(to: WebSocket, from: WebSocket) {
    this.#to = to;
    this.#from = from;
  }

  send(pieces: readonly Uint8Array[]): void {
    for (const message of messagesOf(pieces)) if (this.#isOpen()) this.#to.send(message, this.#sent);
    if (this.#to.bufferedAmount >= highWater && this.#isOpen()) this.#from.pause();
  }

  /** Reads no more for so long. */
  hold(ms: number): void {
    if (ms === 0) return;
    this.#from.pause();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.release();
    }, ms);
  }

  release(): void {
    const isFree = this.#timer === undefined && (this.#to.bufferedAmount < highWater / 2 || !this.#isOpen());
    if (isFree && this.#from.isPaused) this.#from.resume();
  }

  /** The side that spoke has left. */
  end(): void {
    clearTimeout(this.#timer);
    this.#to.resume(); // the answer to the close has to be read
    this.#to.close();
  }

  readonly #sent = (): void => this.release();

  #isOpen(): boolean {
    return this.#to.readyState === this.#to.OPEN;
  }
}

/** Their borders mean nothing. Small pieces go together: a message of their own for each would cost more than their bytes. */
function* messagesOf(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1 && first.length <= MAX_RELAY_MESSAGE) {
    yield first;
    return;
  }
  let together: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += messageBytes) {
      const part = piece.subarray(at, at + messageBytes);
      if (size > 0 && size + part.length > messageBytes) {
        yield Buffer.concat(together, size);
        together = [];
        size = 0;
      }
      together.push(part);
      size += part.length;
    }
  }
  if (size > 0) yield Buffer.concat(together, size);
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}

function judged(gate: AllowListGate | null, direction: 'toBlender' | 'toClient', chunk: Buffer): Passed {
  if (gate !== null) return direction === 'toBlender' ? gate.fromClient(chunk) : gate.fromBlender(chunk);
  return { toBlender: [], toClient: [], refused: [], read: 0, [direction]: [chunk] };
}

function refusedTooOften(): ForgeError {
  return new ForgeError(
    'not-allowed',
    'The client goes on asking for what its API key does not allow.',
    'Ask the administrator of the relay for a key that does.',
  );
}
