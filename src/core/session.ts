import type { PeerInfo } from './ports.ts';

/** The life of one client's connection to one Blender. */
export type SessionState =
  | { readonly is: 'disconnected' }
  | { readonly is: 'connecting'; readonly attempt: number }
  | { readonly is: 'connected'; readonly peer: PeerInfo }
  /** The last attempt failed; the next is not made before `retryAtMs`. */
  | { readonly is: 'waiting'; readonly attempt: number; readonly retryAtMs: number; readonly code: string }
  | { readonly is: 'closed' };
