import { createHash, randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isProof, proof } from '../../src/core/wire/auth.ts';
import { encodeMessage, encodePieceHeader, FrameDecoder } from '../../src/core/wire/frames.ts';
import { JsonSplitter } from '../../src/core/wire/splitter.ts';
import type { Request } from '../../src/protocol/wire.ts';

export interface ForgePeerOptions {
  readonly token?: string;
  /** Answers requests; what it does not answer stays unanswered. */
  readonly onRequest?: (request: Request, client: ForgePeerClient) => void;
  readonly onCancel?: (id: number, client: ForgePeerClient) => void;
  readonly onPiece?: (stream: number, offset: number, bytes: Buffer, client: ForgePeerClient) => void;
  /** Proves a token it does not know. */
  readonly liesAboutToken?: boolean;
}

const serverNonce = 'fedcba9876543210fedcba9876543210';

/** Protocol 2 on Blender's side, for tests of the client: what it answers is the test's business. */
export class ForgePeer {
  readonly clients: ForgePeerClient[] = [];
  readonly #server: Server;
  readonly #instance = randomUUID();

  constructor(options: ForgePeerOptions) {
    this.#server = createServer((socket) => {
      const client = new ForgePeerClient(socket, options, this.#instance);
      this.clients.push(client);
      socket.on('close', () => this.clients.splice(this.clients.indexOf(client), 1));
    });
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const client of [...this.clients]) client.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class ForgePeerClient {
  readonly #socket: Socket;
  readonly #splitter = new JsonSplitter(65_536);
  readonly #decoder = new FrameDecoder();
  readonly #options: ForgePeerOptions;
  readonly #instance: string;
  #stage: 'hello' | 'auth' | 'ready' = 'hello';
  #clientNonce = '';

  constructor(socket: Socket, options: ForgePeerOptions, instance: string) {
    this.#socket = socket.setNoDelay(true);
    this.#options = options;
    this.#instance = instance;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => undefined);
  }

  send(message: object): void {
    this.#socket.write(encodeMessage(message));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Announces a stream for a request and sends its bytes from `offset` on, at most `upTo` of them. */
  sendStream(
    id: number,
    stream: number,
    bytes: Buffer,
    { offset = 0, upTo = bytes.length, sha256 = sha(bytes) } = {},
  ): void {
    this.send({ id, stream: { stream, size: bytes.length, sha256, mime: 'application/octet-stream' } });
    for (let at = offset; at < upTo; at += 65_536) {
      const piece = bytes.subarray(at, Math.min(at + 65_536, upTo));
      this.sendRaw(Buffer.concat([encodePieceHeader(stream, at, piece.length), piece]));
    }
  }

  /** The connection breaks, after what was sent has left. */
  drop(): void {
    this.#socket.end(() => this.#socket.destroy());
  }

  #receive(chunk: Buffer): void {
    if (this.#stage === 'hello') {
      this.#splitter.feed(chunk);
      const json = this.#splitter.next();
      if (json === null) return;
      this.#greet((JSON.parse(json.toString()) as { params: { nonce: string } }).params.nonce);
      this.#decoder.feed(this.#splitter.rest());
    } else {
      this.#decoder.feed(chunk);
    }
    for (let frame = this.#decoder.next(); frame !== null; frame = this.#decoder.next()) {
      if (frame.kind === 2) this.#options.onPiece?.(frame.stream, frame.offset, frame.bytes, this);
      else this.#take(JSON.parse(frame.json.toString()) as Record<string, unknown>);
    }
  }

  #greet(clientNonce: string): void {
    const { token } = this.#options;
    this.#clientNonce = clientNonce;
    this.#stage = token === undefined ? 'ready' : 'auth';
    const result = {
      protocol: 2,
      nonce: serverNonce,
      instance: this.#instance,
      auth: token === undefined ? 'none' : 'hmac-sha256',
      addon: '0.1.0',
      blender: '3.4.1',
      background: true,
      capabilities: ['files', 'cancel', 'progress'],
    };
    this.#socket.write(JSON.stringify({ status: 'success', result }));
  }

  #take(message: Record<string, unknown>): void {
    if (this.#stage === 'auth') this.#prove((message['auth'] as { mac: string }).mac);
    else if ('cancel' in message) this.#options.onCancel?.(message['cancel'] as number, this);
    else this.#options.onRequest?.(message as unknown as Request, this);
  }

  #prove(mac: string): void {
    const { token = '', liesAboutToken = false } = this.#options;
    const challenge = { clientNonce: this.#clientNonce, serverNonce, instance: this.#instance };
    if (!liesAboutToken && !isProof(mac, token, 'client', challenge)) {
      this.send({ error: { code: 'auth-failed', message: 'The token is another.' } });
      this.drop();
      return;
    }
    this.#stage = 'ready';
    this.send({ auth: { mac: proof(liesAboutToken ? 'a guess' : token, 'server', challenge) } });
  }
}

export function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
