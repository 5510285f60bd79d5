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
  readonly trust?: Trust | undefined;
  /** Where the proxy is looked up (HTTPS_PROXY, HTTP_PROXY, NO_PROXY); the process's own where it is left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How often a WebSocket is pinged, in ms; 15 s where it is left out. */
  readonly pingMs?: number | undefined;
}

export type Trust = Omit<Tunnel, 'url'>;

/** One way to reach a Blender, chosen by the scheme of a URL. */
export interface Transport {
  /** With the colon: `tcp:`. */
  readonly scheme: string;
  /**
   * Rejects with a ForgeError: `blender-unreachable`, `cancelled`, `bad-endpoint`; where the way is secured `certificate-refused`,
   * `tunnel-refused` (the WebSocket was), `proxy-refused`.
   */
  open(url: URL, options: OpenOptions): Promise<Connection>;
}
