import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { encodeMessage, FrameDecoder } from '../../../src/core/wire/frames.ts';
import { proof } from '../../../src/core/wire/auth.ts';
import { JsonSplitter } from '../../../src/core/wire/splitter.ts';
import { FRAME_JSON } from '../../../src/protocol/wire.ts';

/** Clients that do as they are told, right or wrong; the product's own is tested elsewhere. */

const patienceMs = 30_000;
const json = z.record(z.string(), z.unknown());
export type Json = z.infer<typeof json>;

/** A socket whose bytes wait until they are asked for. Nothing is read before. */
export class RawClient {
  readonly socket: Socket;
  #ended = false;
  #wake = (): void => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    for (const name of ['end', 'close']) {
      socket.once(name, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  write(data: Uint8Array | string): void {
    this.socket.write(data);
  }

  readonly #onReadable = (): void => this.#wake();

  /** The next bytes, or null at the end, which also comes when nothing else does for 30 s. */
  async read(): Promise<Buffer | null> {
    this.socket.on('readable', this.#onReadable);
    const patience = setTimeout(() => this.socket.destroy(new Error('too late')), patienceMs);
    try {
      for (;;) {
        const data: unknown = this.socket.read();
        if (Buffer.isBuffer(data)) return data;
        if (this.#ended || this.socket.destroyed) return null;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(patience);
      this.socket.off('readable', this.#onReadable);
    }
  }

  /** Reads on to the end, for so long; whether it came. */
  async endsWithin(ms: number): Promise<boolean> {
    const until = Date.now() + ms;
    while (Date.now() < until) {
      while (this.socket.read() !== null);
      if (this.#ended || this.socket.destroyed) return true;
      await sleep(10);
    }
    return false;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Speaks the stock dialect, as ahujasid/blender-mcp's server does. */
export class StockClient extends RawClient {
  readonly #splitter = new JsonSplitter(1 << 30);

  static async connect(port: number): Promise<StockClient> {
    return new StockClient(await dial(port));
  }

  /** The text of the next reply, or null at the end. */
  async readText(): Promise<string | null> {
    for (;;) {
      const found = this.#splitter.next();
      if (found !== null) return found.toString('utf8');
      const data = await this.read();
      if (data === null) return null;
      this.#splitter.feed(data);
    }
  }

  async readReply(): Promise<Json> {
    const text = await this.readText();
    assert.notEqual(text, null, 'the connection ended before the reply');
    return json.parse(JSON.parse(text ?? ''));
  }

  async call(type: string, params: object = {}): Promise<Json> {
    this.write(JSON.stringify({ type, params }));
    return this.readReply();
  }

  /** `call`, for a success; gives the result. */
  async ask(type: string, params: object = {}): Promise<Json> {
    const reply = await this.call(type, params);
    assert.equal(reply['status'], 'success', JSON.stringify(reply));
    return json.parse(reply['result']);
  }

  takeRest(): Buffer {
    return this.#splitter.rest();
  }
}

/** Speaks protocol 2. */
export class ForgeClient {
  readonly raw: RawClient;
  readonly #decoder = new FrameDecoder();
  /** Everything else that came: beats, progress, events. */
  readonly news: Json[] = [];
  #number = 0;
  #replies = new Map<number, Json>();

  private constructor(raw: RawClient, rest: Buffer) {
    this.raw = raw;
    this.#decoder.feed(rest);
  }

  static async connect(port: number, token?: string): Promise<ForgeClient> {
    const stock = await StockClient.connect(port);
    const nonce = '0123456789abcdef'.repeat(2);
    const welcome = await stock.ask('hello', { protocols: [2], nonce, client: 'test' });
    const client = new ForgeClient(stock, stock.takeRest());
    if (token !== undefined) {
      const { nonce: serverNonce, instance } = z
        .object({ nonce: z.string(), instance: z.string() })
        .parse(welcome);
      client.send({ auth: { mac: proof(token, 'client', { clientNonce: nonce, serverNonce, instance }) } });
      assert.ok('auth' in ((await client.readMessage()) ?? {}), 'the token was refused');
    }
    return client;
  }

  send(message: object): void {
    this.raw.write(encodeMessage(message));
  }

  /** Sends a request; returns its number. */
  request(method: string, params: object = {}, deadlineMs?: number): number {
    this.#number += 1;
    this.send({ id: this.#number, method, params, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
    return this.#number;
  }

  /** The whole reply to request `number`, error or result. */
  async reply(number: number): Promise<Json> {
    for (;;) {
      const found = this.#replies.get(number);
      if (found !== undefined) {
        this.#replies.delete(number);
        return found;
      }
      const message = await this.readMessage();
      assert.notEqual(message, null, 'the connection ended before the reply');
      if (message === null) continue;
      if (typeof message['id'] === 'number' && ('result' in message || 'error' in message)) {
        this.#replies.set(message['id'], message);
      } else this.news.push(message);
    }
  }

  /** The result of a request that goes well. */
  async ask(method: string, params: object = {}): Promise<Json> {
    const reply = await this.reply(this.request(method, params));
    assert.ok('result' in reply, JSON.stringify(reply));
    return json.parse(reply['result']);
  }

  /** The error of a request that does not. */
  async fail(method: string, params: object = {}, deadlineMs?: number): Promise<Json> {
    return errorOf(await this.reply(this.request(method, params, deadlineMs)));
  }

  /** The next message, or null at the end. Bytes of streams are passed over. */
  async readMessage(): Promise<Json | null> {
    for (;;) {
      const frame = this.#decoder.next();
      if (frame?.kind === FRAME_JSON) return json.parse(JSON.parse(frame.json.toString('utf8')));
      if (frame !== null) continue;
      const data = await this.raw.read();
      if (data === null) return null;
      this.#decoder.feed(data);
    }
  }

  close(): void {
    this.raw.close();
  }
}

export function errorOf(reply: Json): Json {
  assert.ok('error' in reply, JSON.stringify(reply).slice(0, 500));
  return json.parse(reply['error']);
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}
