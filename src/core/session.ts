import type { PeerInfo } from './ports.ts';

/**
 * The life of one client's connection to one Blender, as a reducer. Nothing reconnects by itself: the next call does, and
 * not sooner after a failure than the back-off says.
 */
export type SessionState =
  | { readonly is: 'disconnected' }
  | { readonly is: 'connecting'; readonly failures: number }
  | { readonly is: 'connected'; readonly peer: PeerInfo }
  /** The last attempt failed; the next is not made before `retryAtMs`. */
  | { readonly is: 'waiting'; readonly failures: number; readonly retryAtMs: number; readonly code: string }
  | { readonly is: 'closed' };

export type SessionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'connected'; readonly peer: PeerInfo }
  /** `random` is 0…1: clients that lost one Blender together do not come back together. */
  | { readonly type: 'failed'; readonly code: string; readonly nowMs: number; readonly random: number }
  | { readonly type: 'lost' }
  | { readonly type: 'close' };

export const disconnected: SessionState = { is: 'disconnected' };

/** How long to wait after that many failures in a row, in ms: doubles, and half of it is left to chance. */
export function backoffMs(
  failures: number,
  random: number,
  { first, longest } = { first: 250, longest: 5_000 },
): number {
  const full = Math.min(longest, first * 2 ** (failures - 1));
  return (full / 2) * (1 + random);
}

/** The next state; an event that means nothing in this state changes nothing (the same object comes back). */
export function session(state: SessionState, event: SessionEvent): SessionState {
  if (state.is === 'closed') return state;
  switch (event.type) {
    case 'connect':
      if (state.is === 'disconnected') return { is: 'connecting', failures: 0 };
      return state.is === 'waiting' ? { is: 'connecting', failures: state.failures } : state;
    case 'connected':
      return state.is === 'connecting' ? { is: 'connected', peer: event.peer } : state;
    case 'failed': {
      if (state.is !== 'connecting') return state;
      const failures = state.failures + 1;
      const retryAtMs = event.nowMs + backoffMs(failures, event.random);
      return { is: 'waiting', failures, retryAtMs, code: event.code };
    }
    case 'lost':
      return state.is === 'connected' ? disconnected : state;
    case 'close':
      return { is: 'closed' };
  }
}
