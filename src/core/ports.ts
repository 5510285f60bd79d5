/** The doors of core to the world: adapters stand behind them, programs choose which. */

import type { Tunnel } from '../protocol/control.ts';
import type { AuditEntry } from './audit.ts';
import type { WorkstationEvent, WorkstationState } from './workstation.ts';

/** Progress of a long piece of work; `fraction` is 0…1, or null where it cannot be known. */
export interface Progress {
  readonly fraction: number | null;
  readonly message: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the command may run in Blender, in ms; the client waits 5 s more. */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** The command only reads: it may be sent once more when the connection broke before its answer. */
  readonly retry?: boolean | undefined;
}

/** Bytes that came with a result, in place of its `$blob` marker, length and sha256 checked. */
export interface ReceivedBlob {
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly sha256: string;
}

export type FileRoot = 'exports' | 'projects' | 'textures' | 'checkpoints' | 'uploads';

export interface RemoteFile {
  readonly root: FileRoot;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** Who answers on the other side. */
export interface PeerInfo {
  readonly dialect: 'avatar-forge' | 'stock';
  readonly addonVersion: string | null;
  readonly blenderVersion: string;
  readonly background: boolean;
  readonly instance: string | null;
}

/** Where a Blender listens. */
export interface BlenderEndpoint {
  readonly host: string;
  readonly port: number;
  /** Proved by HMAC, never sent (docs/protocol.md §4). */
  readonly token?: string | undefined;
  /** How to get there; without one, plain TCP to `host` and `port`. */
  readonly tunnel?: Tunnel | undefined;
}

/**
 * A Blender that takes commands of the library (docs/commands.md), whichever dialect it speaks.
 * Every method rejects with a {@link ForgeError}: `blender-unreachable`, `blender-gone`, `deadline-exceeded`, `cancelled`,
 * `auth-failed`, `dialect-blender-lab`, `not-blender`, on a secured way `certificate-refused`, `tunnel-refused`, `proxy-refused`,
 * or a code the command named (docs/protocol.md §6).
 */
export interface BlenderPort {
  /** Runs one command. `$blob` markers in the result are replaced by {@link ReceivedBlob}s. Connects first if need be. */
  call(method: string, params: Record<string, unknown>, options?: CallOptions): Promise<unknown>;
  /** Connects if need be and tells who is there. */
  describe(): Promise<PeerInfo>;
  /** Brings a whole file here; the sha256 is compared. */
  readFile(root: FileRoot, name: string, options?: CallOptions): Promise<Uint8Array>;
  /** Puts a whole file there; the sha256 is compared. Replaces a file of that name. */
  writeFile(root: FileRoot, name: string, bytes: Uint8Array, options?: CallOptions): Promise<RemoteFile>;
  /** Ends the connection; calls under way are answered `blender-gone`. Later calls too. */
  close(): Promise<void>;
}

/** A place where a Blender runs for us: this machine, a container, a pod. */
export interface Workstation {
  /**
   * Brings it up and tells where Blender listens; the running one's endpoint if there is one. Errors: `blender-not-found`,
   * `blender-start-failed`, `cancelled` (stopped meanwhile).
   */
  launch(): Promise<BlenderEndpoint>;
  status(): WorkstationState;
  /** What its client sees of it (connected, connection lost, a job): for the status. */
  observe(event: WorkstationEvent): void;
  /** Ends it and waits until it is gone. Does nothing if there is none. */
  stop(): Promise<void>;
}

/** Where actions are recorded; a record that cannot be kept rejects with `audit-failed`, and the action does not happen. */
export interface AuditPort {
  record(entry: AuditEntry): Promise<void>;
}
