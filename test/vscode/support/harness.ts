import { copyFile, mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type * as vscode from 'vscode';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { packVsix } from '../../../scripts/vsix.ts';
import type { Evaluation } from '../harness/protocol.ts';

const sources = join(import.meta.dirname, '../harness');

/** Packages the harness as an extension; returns the VSIX. */
export async function packHarness(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(sources, 'main.ts')],
    outfile: join(folder, 'main.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  await copyFile(join(sources, 'package.json'), join(folder, 'package.json'));
  const vsix = join(folder, 'harness.vsix');
  await packVsix(folder, vsix);
  return vsix;
}

/** What a function sees that runs in the extension host. */
type Evaluated<A, R> = (api: typeof vscode, arg: A) => R | PromiseLike<R>;

/** The tests' end of the line to the extension host. A window that is loaded again calls again. */
export class Harness {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connection: MessageConnection | null = null;
  #onConnect: (() => void)[] = [];

  static async listen(path: string): Promise<Harness> {
    const harness = new Harness();
    await new Promise<void>((resolve) => harness.#server.listen(path, resolve));
    return harness;
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      const connection = createMessageConnection(
        new SocketMessageReader(socket),
        new SocketMessageWriter(socket),
      );
      connection.onClose(() => {
        if (this.#connection === connection) this.#connection = null;
      });
      connection.onError(() => undefined);
      connection.listen();
      this.#connection = connection;
      for (const resolve of this.#onConnect.splice(0)) resolve();
    });
  }

  /**
   * Runs `evaluated` in the extension host: it must use nothing but its parameters, and `arg` and its result go as JSON.
   */
  async evaluate<R>(evaluated: Evaluated<undefined, R>): Promise<R>;
  async evaluate<A, R>(evaluated: Evaluated<A, R>, arg: A): Promise<R>;
  async evaluate<A, R>(evaluated: Evaluated<A, R>, arg?: A): Promise<R> {
    const connection = await this.#connected();
    const evaluation: Evaluation = { source: evaluated.toString(), arg: arg ?? null };
    return connection.sendRequest<R>('evaluate', evaluation);
  }

  /** Resolves when the extension host has called again. */
  async again(): Promise<void> {
    await new Promise<void>((resolve) => this.#onConnect.push(resolve));
  }

  async #connected(): Promise<MessageConnection> {
    if (this.#connection === null) await this.again();
    if (this.#connection === null) throw new Error('The extension host is gone.');
    return this.#connection;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
