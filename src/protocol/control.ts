/**
 * Between the editor's extension and the MCP server it registers: JSON-RPC 2.0 with the framing of language servers over a local
 * socket (a Unix domain socket; a named pipe on Windows). The server is the client here. The socket's path and a one-time token
 * reach it through its environment.
 */

export const controlEnvironment = {
  path: 'AVATAR_FORGE_CONTROL',
  token: 'AVATAR_FORGE_CONTROL_TOKEN',
} as const;

/** A secured way to a Blender, in place of plain TCP. Plain data: it crosses the control channel. */
export interface Tunnel {
  /** `tls://host:port` or `wss://host:port/path`. */
  readonly url: string;
  /** The sha256 of the certificate to accept, 64 hex digits, and no other; without it and `ca`, what the system trusts. */
  readonly fingerprint?: string | undefined;
  /** The certificate authority to trust, PEM. */
  readonly ca?: string | undefined;
  /** Sent with the request that opens a WebSocket: secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Endpoint {
  /** For people and the audit: `This machine`. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
  readonly tunnel?: Tunnel | undefined;
}

export interface ApprovalQuestion {
  readonly code: string;
  /** What the model calls it. */
  readonly label: string | null;
}

export type Decision = 'once' | 'session' | 'deny';

export interface Ruling {
  readonly decision: Decision;
  /** `policy`: the settings decided. `session`: a person did, earlier. */
  readonly by: 'person' | 'session' | 'policy';
}

/** Keys of services on the web, which are called by the server: secrets. Null: there is none. */
export interface ServiceKeys {
  readonly hyper3d: string | null;
  readonly fal: string | null;
}

/** Requests of the server. Errors carry `{code, next}` as data. */
export interface ControlRequests {
  /** The first message; anything else before it, or a wrong token, ends the connection. */
  readonly hello: {
    readonly params: { readonly token: string };
    readonly result: { readonly version: string };
  };
  /** Where Blender is now; waits for a workstation that is being launched. */
  readonly endpoint: { readonly params: Record<string, never>; readonly result: Endpoint };
  /** Whether a piece of code may run: by the settings, else by a person's word. Cancellable. */
  readonly approve: { readonly params: ApprovalQuestion; readonly result: Ruling };
  readonly serviceKeys: { readonly params: Record<string, never>; readonly result: ServiceKeys };
}

/** News of the server; nobody answers. */
export interface ControlNews {
  readonly exported: { readonly name: string; readonly size: number; readonly sha256: string };
  /** `code`: of the error, where it failed. */
  readonly activity: {
    readonly tool: string;
    readonly state: 'started' | 'done' | 'failed';
    readonly code: string | null;
  };
  /** `fraction`: 0…1, or null where it cannot be known. */
  readonly progress: { readonly tool: string; readonly fraction: number | null; readonly message: string };
}

/** News for the server. */
export interface ControlOrders {
  /** Blender is elsewhere now: the connection to the old one is given up, and `endpoint` asked again. */
  readonly replaced: Record<string, never>;
}
