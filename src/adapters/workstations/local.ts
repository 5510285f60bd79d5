import { ForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint, Workstation } from '../../core/ports.ts';
import { absent, type WorkstationState } from '../../core/workstation.ts';

export interface LocalWorkstationOptions {
  /** blender-addon/boot.py */
  readonly bootScript: string;
  /** The folder for exports, projects, textures, checkpoints (AVATAR_FORGE_HOME). Made if missing. */
  readonly home: string;
  /** The environment to look into and to pass on, without its secrets: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Blender's executable; without it: AVATAR_FORGE_BLENDER, PATH, the usual places. */
  readonly blender?: string | undefined;
  /** True: no window, even where there is a display. */
  readonly headless?: boolean | undefined;
  readonly startTimeoutMs?: number | undefined;
  readonly onState?: ((state: WorkstationState) => void) | undefined;
}

/** "This machine": a Blender of our own, on a random loopback port with a random token, that ends when we end. */
export class LocalWorkstation implements Workstation {
  constructor(options: LocalWorkstationOptions) {
    void options;
  }

  launch(): Promise<BlenderEndpoint> {
    return Promise.reject(
      new ForgeError('internal', 'The workstation is being written.', 'Wait for the next commit.'),
    );
  }

  status(): WorkstationState {
    return absent;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** The last 200 lines that Blender wrote. */
  log(): readonly string[] {
    return [];
  }
}
