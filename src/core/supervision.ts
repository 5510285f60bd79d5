import { backoffMs } from './session.ts';

/** The life of a Blender that is kept running, as a reducer: what runs it only does what the state says. */
export type SupervisionState =
  /** `unready`: how many starts in a row never came to listen, the file that was opened being perhaps why. */
  | { readonly is: 'starting'; readonly failures: number; readonly unready: number }
  /** It listens; `heardMs` is when it last answered. */
  | { readonly is: 'up'; readonly failures: number; readonly sinceMs: number; readonly heardMs: number }
  | {
      readonly is: 'restarting';
      readonly failures: number;
      readonly unready: number;
      readonly retryAtMs: number;
      readonly why: string;
    }
  /** It failed so often in a row that only a person can help. */
  | { readonly is: 'gave-up'; readonly failures: number; readonly why: string };

export type SupervisionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'ready'; readonly nowMs: number }
  | { readonly type: 'heard'; readonly nowMs: number }
  /** `random` is 0…1. */
  | { readonly type: 'ended'; readonly nowMs: number; readonly random: number; readonly why: string };

export interface SupervisionLimits {
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** Up for so long, its earlier failures no longer count. */
  readonly steadyMs: number;
  /** So many failures in a row, and it is not started again. */
  readonly mostFailures: number;
  /** Without an answer for so long it hangs. An export may hold everything in Blender up for 20 s. */
  readonly silentMs: number;
}

export const supervisionLimits: SupervisionLimits = {
  firstBackoffMs: 1_000,
  longestBackoffMs: 60_000,
  steadyMs: 60_000,
  mostFailures: 8,
  silentMs: 60_000,
};

export const supervisionStates = ['starting', 'up', 'restarting', 'gave-up'] as const satisfies readonly [
  ...SupervisionState['is'][],
];

export const starting: SupervisionState = { is: 'starting', failures: 0, unready: 0 };

/** The next state; an event that means nothing in this state changes nothing (the same object comes back). */
export function supervision(
  state: SupervisionState,
  event: SupervisionEvent,
  limits: SupervisionLimits = supervisionLimits,
): SupervisionState {
  switch (event.type) {
    case 'start':
      return state.is === 'restarting'
        ? { is: 'starting', failures: state.failures, unready: state.unready }
        : state;
    case 'ready':
      return state.is === 'starting'
        ? { is: 'up', failures: state.failures, sinceMs: event.nowMs, heardMs: event.nowMs }
        : state;
    case 'heard': {
      if (state.is !== 'up') return state;
      const isSteady = event.nowMs - state.sinceMs >= limits.steadyMs;
      return { ...state, heardMs: event.nowMs, failures: isSteady ? 0 : state.failures };
    }
    case 'ended': {
      if (state.is !== 'starting' && state.is !== 'up') return state;
      const { why, nowMs, random } = event;
      const failures = state.failures + 1;
      if (failures >= limits.mostFailures) return { is: 'gave-up', failures, why };
      const retryAtMs =
        nowMs +
        backoffMs(failures, random, { first: limits.firstBackoffMs, longest: limits.longestBackoffMs });
      const unready = state.is === 'starting' ? state.unready + 1 : 0;
      return { is: 'restarting', failures, unready, retryAtMs, why };
    }
  }
}

/** Whether it runs, but has not answered for so long that it is to be ended. */
export function hangs(state: SupervisionState, nowMs: number, limits: SupervisionLimits): boolean {
  return state.is === 'up' && nowMs - state.heardMs >= limits.silentMs;
}
