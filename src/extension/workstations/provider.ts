import type { Installation } from '../../adapters/home.ts';
import type { TriedWay } from '../../core/kasm/ways.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import type { Secrets } from '../secrets.ts';
import type { ProviderId, Settings } from '../settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a provider makes a workstation of. */
export interface ProviderContext {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly installation: Installation;
  readonly env: Environment;
  /** The environment with the editor's own proxy in it, for connections. */
  readonly network: () => Environment;
  /** The folder of exports, projects and checkpoints of this machine. */
  readonly home: string;
  /** `launched`: it exists. `listening`: Blender takes connections. `gone`: it ended, asked or not. */
  readonly onStage: (stage: 'launched' | 'listening' | 'gone') => void;
  /** A line that Blender, or what starts it, wrote. */
  readonly onLine: (line: string) => void;
}

/** One workstation of a provider, made anew for each start, so that changed settings are heeded. */
export interface Place {
  readonly label: string;
  /** Brings it up, or finds it up. Rejects with a ForgeError. */
  launch(): Promise<BlenderEndpoint>;
  /** Ends what was started for us; a Blender of somebody else's is left alone. */
  stop(): Promise<void>;
  /**
   * Puts away what nobody uses, after its scene was saved. `kept`: it sleeps with its scene; `ended`: the next launch restores what
   * was saved. Without it, `stop` is what is done.
   */
  sleep?(): Promise<'kept' | 'ended'>;
  /**
   * Its disk ends with it, but for `projects/`: what is saved before its end is a project, whose name is kept here for the next
   * launch, by whichever window. Without this, a checkpoint is saved.
   */
  readonly projects?: {
    keep(name: string): Promise<void>;
    /** What a launch is to go on with, told once; null: nothing, or it has its scene still. */
    take(): Promise<string | null>;
  };
  /** It lives on when the editor closes, and the next launch finds it again. */
  readonly outlivesEditor?: boolean;
  /** Called every few seconds while Blender is used, with when it was: for those who end what nobody uses. Never rejects. */
  keepAlive?(usedAtMs: number): Promise<void>;
  /** Whether another window has worked with it for the last so many ms: then this one does not put it away. */
  isUsedElsewhere?(withinMs: number): Promise<boolean>;
  /** The page of this very workstation; lets in who has its address. */
  screenUrl?(): string | null;
  /** The ways to it that were tried last. */
  ways?(): readonly TriedWay[];
}

/** Where workstations come from. A new one is a file here and a line in index.ts. */
export interface Provider {
  readonly id: ProviderId;
  /** Its Blender is ours alone: it can be put to sleep and started again at will (`idleMinutes`). */
  readonly owned: boolean;
  /** How often a lost Blender is tried again before it is given up. */
  readonly attempts: number;
  label(settings: Settings): string;
  /** Where its screen can be seen in a browser; null: nowhere. */
  screenUrl(settings: Settings): string | null;
  open(context: ProviderContext): Place;
}
