/** The messages of Avatar Forge protocol 2 as TypeScript sees them: docs/protocol.md §2 and §3 are the contract. */

export const PROTOCOL = 2;
export const FRAME_JSON = 1;
export const FRAME_STREAM = 2;
/** Bytes that follow the length of a frame: the kind and 64 MiB of payload. */
export const MAX_FRAME = 67_108_865;
export const MAX_FRAME_BEFORE_AUTH = 4_096;
/** The most bytes of a stream in one frame. */
export const MAX_PIECE = 1_048_576;

export interface HelloResult {
  readonly protocol: typeof PROTOCOL;
  readonly nonce: string;
  readonly instance: string;
  readonly auth: 'none' | 'hmac-sha256';
  readonly addon: string;
  readonly blender: string;
  readonly background: boolean;
  readonly capabilities: readonly string[];
  /** Whether the session that the client named was known. */
  readonly resumed?: boolean | undefined;
}

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly deadlineMs?: number | undefined;
  /** All requests up to this one are over for the client. */
  readonly settled?: number | undefined;
}

export type ClientMessage =
  { readonly auth: { readonly mac: string } } | Request | { readonly cancel: number };

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
}

export interface StreamAnnounced {
  readonly stream: number;
  readonly size: number;
  readonly sha256: string | null;
  readonly mime: string;
}

export interface Beat {
  readonly busy: boolean;
  readonly job: string | null;
  readonly queue: number;
}

/** What Blender sends. Exactly one member beside `id` is there. */
export interface ServerMessage {
  readonly id?: number | undefined;
  readonly result?: unknown;
  readonly error?: WireError | undefined;
  readonly progress?: { readonly fraction: number | null; readonly message: string } | undefined;
  readonly stream?: StreamAnnounced | undefined;
  readonly beat?: Beat | undefined;
  readonly event?: { readonly name: string; readonly data?: unknown } | undefined;
  readonly auth?: { readonly mac: string } | undefined;
}

/** A blob's place in a result. */
export interface BlobMarker {
  readonly $blob: {
    readonly stream: number;
    readonly size: number;
    readonly sha256: string;
    readonly mime: string;
  };
}
