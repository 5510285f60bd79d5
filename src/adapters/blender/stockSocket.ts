import { ForgeError, reasonOf, toForgeError } from '../../core/errors.ts';
import { JsonSplitter } from '../../core/wire/splitter.ts';
import { encodeStock, parseStockReply, type StockReply } from '../../core/wire/stock.ts';
import type { Connection } from '../transports/transport.ts';
import { cancelled, gone, notSent, tooLate } from './link.ts';

/** The largest reply that is taken: V8's strings end a little above. */
const replyLimit = 268_435_456;

export interface StockRequest {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What the caller called, for error messages. */
  readonly method: string;
  /** From when it is sent. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Waiting {
  readonly request: StockRequest;
  readonly bytes: Buffer;
  readonly resolve: (reply: StockReply) => void;
  readonly reject: (error: ForgeError) => void;
  readonly onAbort: () => void;
  timer?: NodeJS.Timeout;
}

/**
 * One request in flight, the others wait (docs/protocol.md §1). Since a reply has no id, a request that is given up
 * (too late, cancelled) ends the connection.
 */
export class StockSocket {
  readonly #connection: Connection;
  readonly #onGone: () => void;
  readonly #splitter = new JsonSplitter(replyLimit);
  readonly #queue: Waiting[] = [];
  #current: Waiting | null = null;
  #end: string | null = null;

  constructor(connection: Connection, onGone: () => void) {
    this.#connection = connection;
    this.#onGone = onGone;
    connection.listen({
      data: (chunk) => this.#receive(chunk),
      closed: (error) => this.#finish(error === null ? 'Blender closed it' : reasonOf(error)),
    });
  }

  request(request: StockRequest): Promise<StockReply> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) throw notSent(request.method, this.#end);
      if (request.signal?.aborted === true) throw cancelled(request.method);
      const bytes = encodeStock(request.type, request.params);
      const waiting: Waiting = { request, bytes, resolve, reject, onAbort: () => this.#abort(waiting) };
      request.signal?.addEventListener('abort', waiting.onAbort, { once: true });
      this.#queue.push(waiting);
      this.#sendNext();
    });
  }

  close(): void {
    this.#finish('it was closed here');
  }

  #sendNext(): void {
    if (this.#current !== null) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#current = next;
    const { method, timeoutMs } = next.request;
    next.timer = setTimeout(() => this.#giveUp(tooLate(method, timeoutMs)), timeoutMs);
    this.#connection.send(next.bytes);
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#splitter.feed(chunk);
      for (let json = this.#splitter.next(); json !== null; json = this.#splitter.next()) {
        const done = this.#takeCurrent();
        if (done === null) {
          this.#finish('it answered what was not asked');
          return;
        }
        try {
          done.resolve(parseStockReply(json));
        } catch (thrown) {
          done.reject(toForgeError(thrown, 'internal', 'A reply could not be read', 'Please report it.'));
          this.#finish('its replies cannot be read');
          return;
        }
        this.#sendNext();
      }
    } catch (thrown) {
      this.#giveUp(toForgeError(thrown, 'internal', 'A reply could not be read', 'Please report it.'));
    }
  }

  #abort(waiting: Waiting): void {
    const { method } = waiting.request;
    if (waiting === this.#current) {
      this.#giveUp(cancelled(method));
      return;
    }
    this.#queue.splice(this.#queue.indexOf(waiting), 1);
    waiting.reject(cancelled(method));
  }

  /** Answers the request in flight and ends the connection: its reply could not be told from the next one's. */
  #giveUp(error: ForgeError): void {
    this.#takeCurrent()?.reject(error);
    this.#finish(`an earlier request was given up (${error.code})`);
  }

  #takeCurrent(): Waiting | null {
    const current = this.#current;
    this.#current = null;
    clearTimeout(current?.timer);
    current?.request.signal?.removeEventListener('abort', current.onAbort);
    return current;
  }

  #finish(why: string): void {
    if (this.#end !== null) return;
    this.#end = why;
    this.#connection.close();
    this.#onGone();
    const current = this.#takeCurrent();
    current?.reject(gone(current.request.method, why));
    for (const { request, reject, onAbort } of this.#queue.splice(0)) {
      request.signal?.removeEventListener('abort', onAbort);
      reject(notSent(request.method, why));
    }
  }
}
