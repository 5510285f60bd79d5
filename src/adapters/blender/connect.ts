import type { BlenderEndpoint, BlenderPort } from '../../core/ports.ts';
import { ForgeError } from '../../core/errors.ts';
import type { SessionState } from '../../core/session.ts';

export interface ConnectOptions {
  /** Who we say we are in the hello: name/version. */
  readonly client: string;
  /** The folder `blender-addon/avatar_forge`; read when a stock add-on answers, to ship the command library to it. */
  readonly library: string;
  /** Told of every change: for views and logs. */
  readonly onState?: ((state: SessionState) => void) | undefined;
}

/**
 * A Blender at an endpoint. Returns at once: the first call connects and finds out which dialect is spoken there; after a
 * broken connection the next call connects again. The endpoint may be a function, asked before every connect, so that a
 * workstation can be started on demand (`() => workstation.launch()`).
 */
export function connectBlender(
  endpoint: BlenderEndpoint | (() => Promise<BlenderEndpoint>),
  options: ConnectOptions,
): BlenderPort {
  void endpoint;
  void options;
  throw new ForgeError('internal', 'The Blender client is being written.', 'Wait for the next commit.');
}
