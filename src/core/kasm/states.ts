/**
 * What an operational status of Kasm's means to us. The set is open: a word that nobody has met yet is `unknown`, shown as it
 * came, and waited on.
 */
export type KasmPhase = 'changing' | 'running' | 'asleep' | 'going' | 'unknown';

const phases: ReadonlyMap<string, KasmPhase> = new Map(
  Object.entries<KasmPhase>({
    requested: 'changing',
    assigned: 'changing',
    provisioning: 'changing',
    starting: 'changing',
    resuming: 'changing',
    running: 'running',
    pausing: 'changing',
    paused: 'asleep',
    stopping: 'changing',
    stopped: 'asleep',
    deleting: 'going',
    deleted: 'going',
    user_delete_pending: 'going',
    admin_delete_pending: 'going',
  }),
);

export function phaseOf(status: string): KasmPhase {
  return phases.get(status.trim().toLowerCase()) ?? 'unknown';
}
