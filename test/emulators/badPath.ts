import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface BadPathOptions {
  /** Where to listen; any free port of it. */
  readonly host?: string;
  readonly target: { readonly host: string; readonly port: number };
  /** How long bytes are on their way, in ms; half of a round trip. */
  readonly delayMs?: number;
  /** How much a direction may hold on its way, in bytes: what a window of TCP would let out. */
  readonly window?: number;
}

/**
 * A network between a client and a server as an emulator: a TCP proxy that takes time for each byte, and that can stand still
 * or break. A new connection costs a round trip before its first byte is on its way, as TCP's own handshake does.
 */
export class BadPath {
  readonly #options: Required<BadPathOptions>;
  readonly #server: Server;
  readonly #ways = new Set<Way>();
  readonly #sockets = new Set<Socket>();
  #target: BadPathOptions['target'];
  #stalled = false;
  #broken = false;
  #lastWay: 'there' | 'back' = 'back';
  /** How often the client spoke after the server had: a round trip each. */
  turns = 0;

  private constructor({ host = '127.0.0.1', target, delayMs = 0, window = 1 << 20 }: BadPathOptions) {
    this.#options = { host, target, delayMs, window };
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#carry(socket));
  }

  static async open(options: BadPathOptions): Promise<BadPath> {
    const path = new BadPath(options);
    path.#server.listen(0, path.#options.host);
    await once(path.#server, 'listening');
    return path;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing moves any more, and nobody is told. */
  stall(): void {
    this.#stalled = true;
  }

  /** Every connection breaks, and new ones break at once. */
  break(): void {
    this.#broken = true;
    this.cut();
  }

  /** Every connection breaks; what was on its way is lost. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** New connections lead elsewhere. */
  redirect(target: BadPathOptions['target']): void {
    this.#target = target;
  }

  /** All is well again; what stood still moves on. */
  mend(): void {
    this.#stalled = this.#broken = false;
    for (const way of this.#ways) way.move();
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #carry(near: Socket): void {
    if (this.#broken) {
      near.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const { delayMs } = this.#options;
    const far = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    const openAt = performance.now() + 2 * delayMs;
    for (const [direction, from, to] of [
      ['there', near, far],
      ['back', far, near],
    ] as const) {
      from.on('data', () => {
        if (direction === 'there' && this.#lastWay === 'back') this.turns += 1;
        this.#lastWay = direction;
      });
      const way = new Way(from, to, { ...this.#options, openAt, isStalled: () => this.#stalled });
      this.#ways.add(way);
      this.#sockets.add(from);
      from.once('close', () => {
        this.#ways.delete(way);
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

interface WayOptions {
  readonly delayMs: number;
  readonly window: number;
  readonly openAt: number;
  readonly isStalled: () => boolean;
}

/** One direction of one connection. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #options: WayOptions;
  /** Null: the end. */
  readonly #onItsWay: { readonly dueAt: number; readonly bytes: Buffer | null }[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket, options: WayOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    from.on('error', () => undefined);
    from.on('data', (bytes: Buffer) => this.#take(bytes)).on('end', () => this.#take(null));
    to.on('drain', () => this.move());
  }

  /** Lets out what is due, and comes back for the rest. */
  move(): void {
    if (this.#options.isStalled() || this.#to.destroyed) return;
    for (let [next] = this.#onItsWay; next !== undefined; [next] = this.#onItsWay) {
      if (this.#to.writableNeedDrain) break;
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null;
          this.move();
        }, waitMs);
        break;
      }
      this.#onItsWay.shift();
      if (next.bytes === null) {
        this.#to.end();
        break;
      }
      this.#size -= next.bytes.length;
      this.#to.write(next.bytes);
    }
    if (this.#size < this.#options.window) this.#from.resume();
  }

  #take(bytes: Buffer | null): void {
    const { delayMs, openAt, window } = this.#options;
    this.#onItsWay.push({ dueAt: Math.max(performance.now(), openAt) + delayMs, bytes });
    this.#size += bytes?.length ?? 0;
    if (this.#size >= window) this.#from.pause();
    this.move();
  }
}
