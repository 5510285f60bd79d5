import type * as vscode from 'vscode';
import type { AuditLog } from '../adapters/auditLog.ts';
import type { Installation } from '../adapters/home.ts';
import type { TriedWay } from '../core/kasm/ways.ts';
import type { BlenderEndpoint, BlenderPort } from '../core/ports.ts';
import type { WorkstationState } from '../core/workstation.ts';
import type { Decision } from '../protocol/control.ts';
import type { Previews } from './avatars/previews.ts';
import type { Problems } from './avatars/problems.ts';
import type { AvatarStore } from './avatars/store.ts';
import type { Event } from './emitter.ts';
import type { Pages } from './pages.ts';
import type { Served } from './promotion/served.ts';
import type { Secrets } from './secrets.ts';
import type { ProviderId, Settings } from './settings.ts';

/** What commands and views work with: made once by main.ts and passed on. */
export interface Services {
  readonly installation: Installation;
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The environment with the editor's own proxy in it, for connections. */
  readonly network: () => Readonly<Record<string, string | undefined>>;
  readonly log: vscode.LogOutputChannel;
  readonly workstations: WorkstationService;
  readonly approver: Approver;
  /** In the home folder that is set now. */
  readonly audit: AuditLog;
  /** The current workstation's Blender, whichever that is: may be kept. The first call starts it. */
  readonly blender: BlenderPort;
  /** The folder of exports, projects and checkpoints of "this machine". */
  readonly home: () => string;
  readonly avatars: AvatarStore;
  /** Whether what is promoted is served, on the local network and by the CDN. */
  readonly served: Served;
  /** In the status bar, while promotions wait for their end. */
  readonly unfinishedItem: vscode.StatusBarItem;
  readonly previews: Previews;
  /** Findings in the Problems panel. */
  readonly problems: Problems;
  /** Read-only documents. */
  readonly pages: Pages;
  /** Where the editor keeps our files on this machine: a folder of our own, and the one with our logs. */
  readonly storageFolder: string;
  readonly logFolder: string;
}

/** The scene in the current Blender. */
export interface SceneSummary {
  /** The .blend's name, or null where it was never saved. */
  readonly file: string | null;
  readonly objects: number;
  readonly triangles: number;
}

export interface WorkstationInfo {
  readonly provider: ProviderId;
  /** For people: `This machine`, `127.0.0.1:9876`. */
  readonly label: string;
  readonly state: WorkstationState;
  /** Where its screen can be seen in a browser. */
  readonly screenUrl: string | null;
  /** The ways to it that were tried last, where there is more than one. */
  readonly ways: readonly TriedWay[];
  /** Of the last ping, while ready. */
  readonly latencyMs: number | null;
  readonly blenderVersion: string | null;
  /** Null: a stock add-on, or nobody there. */
  readonly addonVersion: string | null;
  readonly scene: SceneSummary | null;
  /** When it reached this state, in ms since 1970. */
  readonly sinceMs: number;
  /** Since when it is up without a break, in ms since 1970. */
  readonly upSinceMs: number | null;
}

/** The one current workstation. */
export interface WorkstationService {
  readonly state: WorkstationState;
  readonly onDidChange: Event<void>;
  info(): WorkstationInfo;
  /** Brings it up if need be and tells where Blender listens; waits for a launch that is under way. */
  start(): Promise<BlenderEndpoint>;
  /** The same, by the name callers of the control channel use. */
  endpoint(): Promise<BlenderEndpoint>;
  /** Saves a checkpoint where Blender answers, then ends what was started here and closes the connection. */
  stop(): Promise<void>;
  /** Leaves the current workstation (stopping what was started here) and connects to this one until the window closes. */
  attach(endpoint: BlenderEndpoint): Promise<void>;
  /** The last lines of the launch and of Blender, oldest first. */
  log(): readonly string[];
}

export interface CodeRun {
  readonly code: string;
  readonly label: string | null;
  readonly warnings: readonly string[];
  readonly decision: Decision;
  readonly atMs: number;
}

export interface Approver {
  /** The last code that was let into Blender by this window; null before, and after it was undone. */
  readonly lastRun: CodeRun | null;
  readonly onDidChange: Event<void>;
  /**
   * Restores the checkpoint made before the last run and returns its id. Errors: `nothing-to-undo`, and those of the
   * command `checkpoint`.
   */
  undo(): Promise<string>;
  /** Code is asked about again, after `Allow for this session`. */
  forgetSession(): void;
}
