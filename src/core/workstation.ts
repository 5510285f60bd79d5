/**
 * The life of a workstation, whichever provider runs it (this machine, an endpoint, Kasm, Kubernetes): one reducer, so that
 * every view and every test sees the same states.
 */

export interface Failure {
  /** Code of a ForgeError. */
  readonly code: string;
  readonly message: string;
}

export type WorkstationState =
  | { readonly is: 'absent' }
  /** The provider is making the machine, container or process. */
  | { readonly is: 'launching' }
  /** It exists; Blender has not said yet that it listens. */
  | { readonly is: 'starting' }
  /** Blender listens; nobody has spoken with it yet. */
  | { readonly is: 'connecting' }
  | { readonly is: 'ready' }
  | { readonly is: 'busy'; readonly job: string | null }
  | { readonly is: 'reconnecting'; readonly attempt: number }
  /** Put to sleep by the provider; can be woken. */
  | { readonly is: 'idle' }
  | { readonly is: 'stopping' }
  | { readonly is: 'stopped' }
  | { readonly is: 'failed'; readonly failure: Failure };

export type WorkstationEvent =
  | { readonly type: 'launch' }
  | { readonly type: 'launched' }
  | { readonly type: 'listening' }
  | { readonly type: 'connected' }
  | { readonly type: 'job-started'; readonly job: string | null }
  | { readonly type: 'job-ended' }
  | { readonly type: 'connection-lost' }
  | { readonly type: 'slept' }
  | { readonly type: 'stop' }
  /** The process or container is no more. `failure` says why, where nobody asked for it. */
  | { readonly type: 'gone'; readonly failure: Failure };

export const absent: WorkstationState = { is: 'absent' };

const up: readonly WorkstationState['is'][] = ['connecting', 'ready', 'busy', 'reconnecting'];

/** The next state; an event that means nothing in this state changes nothing (the same object comes back). */
export function workstation(state: WorkstationState, event: WorkstationEvent): WorkstationState {
  switch (event.type) {
    case 'launch':
      return ['absent', 'idle', 'stopped', 'failed'].includes(state.is) ? { is: 'launching' } : state;
    case 'launched':
      return state.is === 'launching' ? { is: 'starting' } : state;
    case 'listening':
      return state.is === 'starting' ? { is: 'connecting' } : state;
    case 'connected':
      return state.is === 'connecting' || state.is === 'reconnecting' ? { is: 'ready' } : state;
    case 'job-started':
      return state.is === 'ready' || state.is === 'busy' ? { is: 'busy', job: event.job } : state;
    case 'job-ended':
      return state.is === 'busy' ? { is: 'ready' } : state;
    case 'connection-lost':
      if (state.is === 'reconnecting') return { is: 'reconnecting', attempt: state.attempt + 1 };
      return up.includes(state.is) ? { is: 'reconnecting', attempt: 1 } : state;
    case 'slept':
      return up.includes(state.is) ? { is: 'idle' } : state;
    case 'stop':
      return ['absent', 'idle', 'stopped', 'failed', 'stopping'].includes(state.is)
        ? state
        : { is: 'stopping' };
    case 'gone':
      if (state.is === 'stopping') return { is: 'stopped' };
      return ['absent', 'idle', 'stopped', 'failed'].includes(state.is)
        ? state
        : { is: 'failed', failure: event.failure };
  }
}
