import { z } from 'zod';
import { FRAME_JSON, PROTOCOL } from '../../protocol/wire.ts';
import { ForgeError } from '../errors.ts';
import { encodeMessage, encodePieceHeader, type Frame, FrameDecoder, violation } from '../wire/frames.ts';
import { readHelloResult } from '../wire/messages.ts';
import { JsonSplitter } from '../wire/splitter.ts';
import { parseStockReply } from '../wire/stock.ts';
import { allows } from './allowList.ts';
import { FrameEdges } from './frameEdges.ts';

/** What is to be sent on, after bytes came from one side. */
export interface Passed {
  readonly toBlender: readonly Uint8Array[];
  readonly toClient: readonly Uint8Array[];
  /** The methods of requests that were refused. */
  readonly refused: readonly string[];
  /** How many messages of the client were read for it. */
  readonly read: number;
}

const helloLimit = 65_536;
/** The largest request of a key with an allow-list, in bytes: it is held here until it is whole. */
const requestLimit = 8 << 20;
/** A client that goes on asking for what it may not have is thrown out. */
const mostRefusals = 100;

const hello = z.object({ type: z.literal('hello'), params: z.object({ protocols: z.array(z.unknown()) }) });
const request = z.object({ id: z.number(), method: z.string() });
/** The messages that call nothing. */
const harmless = z.union([
  z.strictObject({ auth: z.object({ mac: z.string() }) }),
  z.strictObject({ cancel: z.number() }),
]);

/**
 * Holds the session of a key with an allow-list to it: reads what the client asks of Blender, passes it on byte for byte where
 * it is allowed, and answers the rest itself. Blender's bytes are only watched for where frames end, so that such an answer
 * never falls into one. Does no I/O. Every method throws `protocol-violation` or `stock-not-allowed`; then the session is over.
 */
export class AllowListGate {
  readonly #allow: readonly string[];
  readonly #asked = new JsonSplitter(helloLimit);
  readonly #answered = new JsonSplitter(helloLimit);
  readonly #frames = new FrameDecoder(requestLimit);
  readonly #edges = new FrameEdges();
  /** Answers of our own that wait for Blender's frame to end. */
  #waiting: Uint8Array[] = [];
  #stage: 'hello' | 'greeting' | 'frames' = 'hello';
  /** Bytes that wait for Blender to greet. */
  #early = 0;
  #refusals = 0;

  constructor(allow: readonly string[]) {
    this.#allow = allow;
  }

  /** Whether so much was refused that the session is over: nothing further is read. */
  get isOver(): boolean {
    return this.#refusals > mostRefusals;
  }

  fromClient(chunk: Uint8Array): Passed {
    if (this.#stage === 'greeting') return this.#hold(chunk);
    if (this.#stage === 'frames') {
      this.#frames.feed(chunk);
      return this.#requests();
    }
    this.#asked.feed(chunk);
    const json = this.#asked.next();
    if (json === null) return nothing;
    const said = hello.safeParse(parsed(json));
    if (said.data?.params.protocols.includes(PROTOCOL) !== true) throw stockNotAllowed();
    this.#stage = 'greeting';
    this.#hold(this.#asked.rest());
    return { ...nothing, toBlender: [json] };
  }

  fromBlender(chunk: Uint8Array): Passed {
    if (this.#stage === 'frames') return { ...nothing, toClient: this.#interleaved(chunk) };
    if (this.#stage === 'hello') throw violation('Blender spoke before it was asked.');
    this.#answered.feed(chunk);
    const json = this.#answered.next();
    if (json === null) return nothing;
    const reply = parseStockReply(json);
    if (reply.status === 'error' || readHelloResult(reply.result) === null) throw stockNotAllowed();
    this.#stage = 'frames';
    const behind = this.#interleaved(this.#answered.rest());
    const requests = this.#requests();
    return { ...requests, toClient: [json, ...behind, ...requests.toClient] };
  }

  /** Before Blender has greeted, nothing shows yet that it will read frames: they wait. */
  #hold(chunk: Uint8Array): Passed {
    this.#early += chunk.length;
    if (this.#early > requestLimit)
      throw violation(`More than ${requestLimit} bytes came before Blender had greeted.`);
    this.#frames.feed(chunk);
    return nothing;
  }

  #requests(): Passed {
    const toBlender: Uint8Array[] = [];
    const refused: string[] = [];
    let read = 0;
    while (!this.isOver) {
      const frame = this.#frames.next();
      if (frame === null) break;
      read += 1;
      const method = this.#refusal(frame);
      if (method === null) {
        toBlender.push(...encoded(frame));
        continue;
      }
      this.#refusals += 1;
      refused.push(method);
    }
    return { toBlender, toClient: this.#edges.atEdge ? this.#takeWaiting() : [], refused, read };
  }

  /** The method of a request that is refused, whose answer waits then; null: the frame may pass. */
  #refusal(frame: Frame): string | null {
    if (frame.kind !== FRAME_JSON) return null;
    const value = parsed(frame.json);
    if (harmless.safeParse(value).success) return null;
    const asked = request.safeParse(value);
    if (!asked.success) throw violation('A message came that is neither a request nor a cancel nor a proof.');
    const { id, method } = asked.data;
    if (allows(this.#allow, method)) return null;
    const message = `The API key does not allow ${method.slice(0, 100)}. Ask the administrator of the relay for a key that does.`;
    this.#waiting.push(encodeMessage({ id, error: { code: 'not-allowed', message } }));
    return method;
  }

  #interleaved(chunk: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.#waiting.length === 0) {
        at += this.#walk(chunk, at, pieces);
        continue;
      }
      if (this.#edges.atEdge) pieces.push(...this.#takeWaiting());
      const taken = this.#edges.step(chunk, at);
      pieces.push(chunk.subarray(at, at + taken));
      at += taken;
    }
    if (this.#edges.atEdge) pieces.push(...this.#takeWaiting());
    return pieces;
  }

  /** Nothing of ours waits: the rest of the chunk in one piece. */
  #walk(chunk: Uint8Array, from: number, pieces: Uint8Array[]): number {
    for (let at = from; at < chunk.length;) at += this.#edges.step(chunk, at);
    pieces.push(chunk.subarray(from));
    return chunk.length - from;
  }

  #takeWaiting(): Uint8Array[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}

const nothing: Passed = { toBlender: [], toClient: [], refused: [], read: 0 };

function encoded(frame: Frame): Uint8Array[] {
  if (frame.kind !== FRAME_JSON)
    return [encodePieceHeader(frame.stream, frame.offset, frame.bytes.length), frame.bytes];
  const head = Buffer.allocUnsafe(5);
  head.writeUInt32BE(frame.json.length + 1, 0);
  head[4] = FRAME_JSON;
  return [head, frame.json];
}

/** Strictly: what Blender's parser takes and ours does not must not pass unread. */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json));
  } catch {
    throw violation('A message that is not JSON came.');
  }
}

function stockNotAllowed(): ForgeError {
  return new ForgeError(
    'stock-not-allowed',
    'The API key has a list of allowed methods, and these cannot be told apart in the stock dialect.',
    'Install the Avatar Forge add-on in that Blender, or use a key without such a list.',
  );
}
