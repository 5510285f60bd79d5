import { connect, type Socket } from 'node:net';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import type {
  ApprovalQuestion,
  ControlNews,
  ControlOrders,
  ControlRequests,
  Endpoint,
  Ruling,
  ServiceKeys,
} from '../../protocol/control.ts';
import { fromResponseError, requestResults } from './messages.ts';

export interface ControlAddress {
  /** Of the Unix domain socket or the named pipe. */
  readonly path: string;
  readonly token: string;
}

export interface ControlClientOptions {
  readonly onReplaced: () => void;
  readonly timeoutMs?: number | undefined;
}

/** The server's end of the control channel (src/protocol/control.ts). Every method rejects with a {@link ForgeError}. */
export class ControlClient {
  readonly #connection: MessageConnection;
  readonly #socket: Socket;

  private constructor(socket: Socket, { onReplaced }: ControlClientOptions) {
    this.#socket = socket;
    socket.on('error', () => undefined); // a close follows, which ends what is waited for
    this.#connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    this.#connection.onNotification('replaced' satisfies keyof ControlOrders, onReplaced);
    this.#connection.onClose(() => this.#connection.dispose());
    this.#connection.listen();
  }

  /** Connects and says hello. Errors: `control-unreachable`, `control-refused` (the token is wrong or was used). */
  static async connect(
    { path, token }: ControlAddress,
    options: ControlClientOptions,
  ): Promise<ControlClient> {
    const { timeoutMs = 5_000 } = options;
    const client = new ControlClient(await open(path, timeoutMs), options);
    const timer = setTimeout(() => client.close(), timeoutMs);
    try {
      await client.#request('hello', { token });
      return client;
    } catch (thrown) {
      client.close();
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  endpoint(): Promise<Endpoint> {
    return this.#request('endpoint', {});
  }

  approve(question: ApprovalQuestion, signal: AbortSignal): Promise<Ruling> {
    return this.#request('approve', question, signal);
  }

  serviceKeys(): Promise<ServiceKeys> {
    return this.#request('serviceKeys', {});
  }

  /** Sends and forgets: news that nobody hears any more are no error. */
  tell<K extends keyof ControlNews>(news: K, params: ControlNews[K]): void {
    this.#connection.sendNotification(news, params).catch(() => undefined);
  }

  close(): void {
    this.#connection.dispose();
    this.#socket.destroy();
  }

  async #request<K extends keyof ControlRequests>(
    method: K,
    params: ControlRequests[K]['params'],
    signal?: AbortSignal,
  ): Promise<ControlRequests[K]['result']> {
    const cancellation = new CancellationTokenSource();
    const onAbort = (): void => cancellation.cancel();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const result: unknown = await this.#connection.sendRequest(method, params, cancellation.token);
      return requestResults[method].parse(result);
    } catch (thrown) {
      throw fromResponseError(thrown);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      cancellation.dispose();
    }
  }
}

function open(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (reason: string): void => {
      socket.destroy();
      reject(
        new ForgeError(
          'control-unreachable',
          `The editor cannot be reached (${reason}).`,
          'Start the MCP server again in the editor (MCP: List Servers).',
        ),
      );
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      fail(reasonOf(error));
    };
    socket.once('error', onError).once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
