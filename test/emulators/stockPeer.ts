import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StockPeerOptions {
  /** What `execute_code` prints: the peer has no Python. A throw is Python's exception. */
  readonly execute?: (code: string) => string | Promise<string>;
  /** Further commands by their type. */
  readonly commands?: Readonly<Record<string, (params: Record<string, unknown>) => unknown>>;
  /** Replies leave in pieces of this many bytes. */
  readonly pieceBytes?: number;
}

interface Command {
  readonly type: string;
  readonly params?: Record<string, unknown>;
}

/**
 * The stock add-on as a client meets it, with what goes wrong with it (each measured):
 * - it reads 8,192 bytes at a time and decodes what it has by itself: a character cut there ends the connection;
 * - it parses all it has as one command: two in one packet, or a stray NUL, and it never answers again;
 * - commands run one after another on one main thread for all clients, and take the *latest* command of their
 *   connection when they get there: a second one sent meanwhile runs twice, the first is lost;
 * - replies have no id, and may hold NaN; what a client that left has asked for still runs;
 * - hello is an unknown command.
 */
export class StockPeer {
  /** The types of the commands in the order they ran. */
  readonly ran: string[] = [];
  readonly #options: StockPeerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mainThread: Promise<void> = Promise.resolve();
  #accepted = 0;

  constructor(options: StockPeerOptions = {}) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** How many connections there have been. */
  get accepted(): number {
    return this.#accepted;
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#accepted += 1;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    let buffer = Buffer.alloc(0);
    let command: Command | null = null;
    socket.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += 8_192) {
        buffer = Buffer.concat([buffer, chunk.subarray(at, at + 8_192)]);
        const text = strictUtf8(buffer);
        if (text === null) {
          socket.destroy();
          return;
        }
        const value = parsed(text);
        if (value === undefined) continue;
        command = value;
        buffer = Buffer.alloc(0);
        this.#mainThread = this.#mainThread.then(async () => {
          if (command !== null) await this.#answer(socket, await this.#run(command));
        });
      }
    });
  }

  async #run({ type, params = {} }: Command): Promise<string> {
    this.ran.push(type);
    const { execute, commands = {} } = this.#options;
    try {
      if (type === 'execute_code' && execute !== undefined) {
        return success({ executed: true, result: await execute(String(params['code'])) });
      }
      const run = commands[type];
      if (run === undefined) return failure(`Unknown command type: ${type}`);
      return success(await run(params));
    } catch (thrown) {
      return failure(`Code execution error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  async #answer(socket: Socket, reply: string): Promise<void> {
    const bytes = Buffer.from(reply);
    const { pieceBytes = bytes.length } = this.#options;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      socket.write(bytes.subarray(at, at + pieceBytes));
      if (pieceBytes < bytes.length) await sleep(1);
    }
  }
}

function success(result: unknown): string {
  return `{"status": "success", "result": ${pythonJson(result)}}`;
}

function failure(message: string): string {
  return pythonJson({ status: 'error', message });
}

/** JSON as Python's json.dumps writes it: ASCII, and numbers that are none by their names. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonJson(key)}: ${pythonJson(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value ?? null).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function strictUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parsed(text: string): Command | undefined {
  try {
    return JSON.parse(text) as Command;
  } catch {
    return undefined;
  }
}
