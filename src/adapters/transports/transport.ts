import type { Tunnel } from '../../protocol/control.ts';

/** A connection that carries bytes both ways, in order. */
export interface Connection {
  /** Who hears from it. Null: nobody for now, what comes waits, as it does before the first `listen`. */
  listen(listener: ConnectionListener | null): void;
  /** Sends the pieces in one write; never blocks. They must not change afterwards. */
  send(...pieces: readonly Uint8Array[]): void;
  /** Resolves when the sent bytes have left the process, or the connection is over: for senders of much. */
  drained(): Promise<void>;
  /** Ends it at once; `closed` is still told, with null. */
  close(): void;
}

export interface ConnectionListener {
  data(chunk: Uint8Array): void;
  /** It is over; told once. Null: one side ended it in good order. */
  closed(error: Error | null): void;
}

export interface OpenOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Whom to trust at the other end, and what to say when a WebSocket is opened; nothing of it matters to plain TCP. */
  readonly trust?: Omit<Tunnel, 'url'> | undefined;
}

/** One way to reach a Blender, chosen by the scheme of a URL. */
export interface Transport {
  /** With the colon: `tcp:`. */
  readonly scheme: string;
  /** Rejects with a ForgeError: `blender-unreachable`, `cancelled`. */
  open(url: URL, options: OpenOptions): Promise<Connection>;
}
