/** What the doctor looks at, gathered by an adapter: values only, so that every diagnosis can be tested. */

import type { TriedWay } from '../kasm/ways.ts';
import type { PeerInfo } from '../ports.ts';

/** Something looked for: found, failed with a reason, or not looked for. */
export type Probe<T> =
  | { readonly is: 'found'; readonly value: T }
  | { readonly is: 'failed'; readonly code: string; readonly message: string; readonly next: string }
  | { readonly is: 'skipped'; readonly why: string };

/** What was looked at of a Kasm. */
export interface KasmFacts {
  /** Whether anything that speaks its API answers. */
  readonly address: Probe<{ readonly origin: string; readonly revision: string | null }>;
  readonly key: Probe<{ readonly sessions: number }>;
  readonly image: Probe<{ readonly image: string }>;
  /** The one of ours. */
  readonly session: Probe<{ readonly kasmId: string; readonly status: string }>;
  /** Those tried last, in order; none before a launch. Null: who looks has no session to try them with. */
  readonly ways: readonly TriedWay[] | null;
}

/** The way to a Blender elsewhere, by its steps. */
export interface RouteFacts {
  /** `host:port`. */
  readonly place: string;
  /** Its addresses. */
  readonly name: Probe<readonly string[]>;
  /** How it is secured, in a sentence. */
  readonly tls: Probe<string>;
  readonly login: Probe<true>;
  readonly path: Probe<string>;
  readonly agent: Probe<true>;
}

/** The machine that Blender runs on, as the command `workstation_info` tells of it. */
export interface MachineFacts {
  readonly home: string;
  readonly writable: boolean;
  /** Why it is not. */
  readonly reason: string | null;
  readonly freeMiB: number | null;
  /** Null: none is enabled. */
  readonly vrmAddon: string | null;
}

export interface DoctorFacts {
  readonly version: string;
  /** `linux x64, Node 24.1.0`. */
  readonly machine: string;
  /** Whether Blender is to run on this machine; else what belongs to a Blender here is not looked for. */
  readonly local: boolean;
  readonly blender: Probe<{ readonly path: string; readonly version: string }>;
  /** How a Blender started here would be shown. */
  readonly display: 'window' | 'xvfb' | 'background';
  readonly peer: Probe<PeerInfo>;
  readonly workstation: Probe<MachineFacts>;
  readonly home: Probe<{ readonly folder: string }>;
  readonly rclone: Probe<{ readonly version: string }>;
  /** Whether a remote is set, for which rclone is needed. */
  readonly usesRemote: boolean;
  /** The folder of a remote in which exports are kept; null: none is set. */
  readonly remote: Probe<{ readonly folder: string; readonly files: number }> | null;
  /** `files`: of a remote, which is listed; null of a folder, which is looked at whether it can be written. */
  readonly production: Probe<{ readonly folder: string; readonly files: number | null }>;
  /** Where Blender runs elsewhere and its address is known. */
  readonly route?: RouteFacts | undefined;
  /** Where Blender runs in Kasm. */
  readonly kasm?: KasmFacts | undefined;
}
