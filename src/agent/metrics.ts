import { exposition, type Metric } from '../core/prometheus.ts';
import { type SupervisionState, supervisionStates } from '../core/supervision.ts';
import type { Traffic } from './join.ts';

interface Supervised {
  readonly starts: number;
  readonly state: SupervisionState;
}

/** What the agent counts, and tells in the text form of Prometheus. */
export class Metrics implements Traffic {
  clients = 0;
  clientsEver = 0;
  bytesToBlender = 0;
  bytesFromBlender = 0;
  loginsRefused = 0;
  lastActivityMs: number;
  /** Whether the agent stays up for a scene of nobody's that could not be saved. */
  sceneUnsaved = false;

  readonly #supervisor: Supervised | null;

  /** @param supervisor null: Blender is started by others */
  constructor(nowMs: number, supervisor: Supervised | null = null) {
    this.lastActivityMs = nowMs;
    this.#supervisor = supervisor;
  }

  render(blenderUp: boolean): string {
    return exposition([
      metric('clients', 'gauge', 'Clients at Blender, whichever way they came.', this.clients),
      metric('clients_total', 'counter', 'Clients that ever were.', this.clientsEver),
      metric('bytes_total', 'counter', 'Bytes of the wire that were passed on.', {
        'direction="to_blender"': this.bytesToBlender,
        'direction="from_blender"': this.bytesFromBlender,
      }),
      metric(
        'logins_refused_total',
        'counter',
        'Requests without the right token or origin.',
        this.loginsRefused,
      ),
      metric(
        'last_activity_timestamp_seconds',
        'gauge',
        'When a client last came, went or spoke.',
        this.lastActivityMs / 1000,
      ),
      metric('blender_up', 'gauge', 'Whether the add-on answers a hello.', blenderUp ? 1 : 0),
      ...(this.#supervisor === null ? [] : supervision(this.#supervisor)),
      metric(
        'scene_unsaved',
        'gauge',
        'Whether nobody is there and the scene could not be saved.',
        this.sceneUnsaved ? 1 : 0,
      ),
    ]);
  }
}

function supervision({ starts, state }: Supervised): readonly Metric[] {
  const states = supervisionStates.map((is) => [`state="${is}"`, is === state.is ? 1 : 0] as const);
  return [
    metric('blender_starts_total', 'counter', 'How often Blender was started.', starts),
    metric('blender_state', 'gauge', 'The state of the supervision: one is 1.', Object.fromEntries(states)),
  ];
}

function metric(name: string, type: Metric['type'], help: string, value: Metric['value']): Metric {
  return { name: `avatar_forge_agent_${name}`, type, help, value };
}
