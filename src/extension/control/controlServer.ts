import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import type { ControlAddress } from '../../adapters/control/controlClient.ts';
import { newsParams, requestParams, toResponseError } from '../../adapters/control/messages.ts';
import { ForgeError } from '../../core/errors.ts';
import type {
  ApprovalQuestion,
  ControlNews,
  ControlOrders,
  ControlRequests,
  Endpoint,
  Ruling,
  ServiceKeys,
} from '../../protocol/control.ts';
import { Tickets } from './tickets.ts';

/** What the channel asks of the extension. */
export interface ControlHandlers {
  endpoint(): Promise<Endpoint>;
  approve(question: ApprovalQuestion, signal: AbortSignal): Promise<Ruling>;
  serviceKeys(): Promise<ServiceKeys>;
  exported(news: ControlNews['exported']): void;
  /** `source` names the server: what it started ends with it. */
  activity(news: ControlNews['activity'], source: object): void;
  progress(news: ControlNews['progress']): void;
  /** A server hung up. */
  ended(source: object): void;
}

export interface ControlServerOptions {
  readonly version: string;
  readonly handlers: ControlHandlers;
  readonly warn: (message: string) => void;
  /** How long a client may take to say hello. */
  readonly helloMs?: number | undefined;
}

/** The extension's end of the control channel: a socket only this user can reach, and for each MCP server a ticket of its own. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: Server;
  readonly #path: string;
  readonly #folder: string | null;
  readonly #tickets = new Tickets();
  readonly #sockets = new Set<Socket>();
  readonly #admitted = new Set<MessageConnection>();

  private constructor(options: ControlServerOptions, folder: string | null, path: string) {
    this.#options = options;
    this.#folder = folder;
    this.#path = path;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    const folder = process.platform === 'win32' ? null : await mkdtemp(join(shortTemp(), 'avatar-forge-'));
    const path =
      folder === null
        ? `\\\\.\\pipe\\avatar-forge-${randomBytes(16).toString('hex')}`
        : join(folder, 'control');
    const control = new ControlServer(options, folder, path);
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject).listen(path, resolve);
    });
    return control;
  }

  /** Lets one MCP server in, once. */
  admit(): ControlAddress {
    return { path: this.#path, token: this.#tickets.issue() };
  }

  /** Tells every server that Blender is elsewhere now. */
  replaced(): void {
    const order: keyof ControlOrders = 'replaced';
    for (const connection of this.#admitted) connection.sendNotification(order, {}).catch(() => undefined);
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    const { version, warn, helloMs = 5_000 } = this.#options;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    const refuse = (why: string): void => {
      warn(`control channel: ${why}; the connection was refused`);
      socket.end();
      socket.destroySoon();
    };
    const timer = setTimeout(() => refuse(`no hello within ${helloMs} ms`), helloMs);
    connection.onClose(() => {
      clearTimeout(timer);
      if (this.#admitted.delete(connection)) this.#options.handlers.ended(connection);
      connection.dispose();
    });
    const stranger = connection.onRequest((method: string) => {
      refuse(`${method} before hello`);
      return toResponseError(notAdmitted());
    });
    const whisperer = connection.onNotification((method: string) => {
      if (!method.startsWith('$/')) refuse(`${method} before hello`);
    });
    const hello: keyof ControlRequests = 'hello';
    const greeting = connection.onRequest(hello, (params: unknown) => {
      clearTimeout(timer);
      const said = requestParams.hello.safeParse(params);
      if (!said.success || !this.#tickets.take(said.data.token)) {
        // Messages leave in order: when this one has left, the answer has too.
        setImmediate(() => {
          const told = connection.sendNotification('$/refused');
          void told.catch(() => undefined).then(() => refuse('a wrong token'));
        });
        return toResponseError(notAdmitted());
      }
      for (const handler of [greeting, stranger, whisperer]) handler.dispose();
      this.#admitted.add(connection);
      this.#serve(connection);
      return { version };
    });
    connection.listen();
  }

  #serve(connection: MessageConnection): void {
    const { handlers } = this.#options;
    const answer = <K extends Exclude<keyof ControlRequests, 'hello'>>(
      method: K,
      work: (
        params: ControlRequests[K]['params'],
        signal: AbortSignal,
      ) => Promise<ControlRequests[K]['result']>,
    ): void => {
      connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
        try {
          return await work(requestParams[method].parse(params), signalOf(token));
        } catch (thrown) {
          return toResponseError(thrown);
        }
      });
    };
    const hear = <K extends keyof ControlNews>(news: K, work: (params: ControlNews[K]) => void): void => {
      connection.onNotification(news, (params: unknown) => {
        const heard = newsParams[news].safeParse(params);
        if (heard.success) work(heard.data);
        else this.#options.warn(`control channel: ${news} with parameters that it cannot have`);
      });
    };
    answer('endpoint', () => handlers.endpoint());
    answer('approve', (question, signal) => handlers.approve(question, signal));
    answer('serviceKeys', () => handlers.serviceKeys());
    hear('exported', (news) => handlers.exported(news));
    hear('activity', (news) => handlers.activity(news, connection));
    hear('progress', (news) => handlers.progress(news));
  }
}

function notAdmitted(): ForgeError {
  return new ForgeError(
    'control-refused',
    'The editor does not know this server: its token is wrong, or was used before.',
    'Start the MCP server in the editor (MCP: List Servers), which gives it a token.',
  );
}

function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  if (token.isCancellationRequested) abort.abort();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}

/** A socket's path may have 104 bytes (macOS) in all. */
function shortTemp(): string {
  return Buffer.byteLength(tmpdir()) <= 70 ? tmpdir() : '/tmp';
}
