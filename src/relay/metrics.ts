import { exposition } from '../core/prometheus.ts';

const help = {
  agents: ['gauge', 'Workstations whose agent is connected.'],
  sessions: ['gauge', 'Sessions under way.'],
  sessions_total: ['counter', 'Sessions that were opened.'],
  refused_total: ['counter', 'Requests and connections that were refused.'],
  login_failures_total: ['counter', 'Keys that did not count.'],
  bytes_to_blender_total: ['counter', 'Bytes from clients to workstations.'],
  bytes_to_client_total: ['counter', 'Bytes from workstations to clients.'],
} as const satisfies Record<string, readonly ['gauge' | 'counter', string]>;

export type Metric = keyof typeof help;

/** Numbers in the text format of Prometheus. They name nobody. */
export class Metrics {
  readonly #values = new Map<Metric, number>();

  add(metric: Metric, amount = 1): void {
    this.#values.set(metric, (this.#values.get(metric) ?? 0) + amount);
  }

  render(): string {
    return exposition(
      Object.entries(help).map(([name, [type, text]]) => ({
        name: `avatar_forge_relay_${name}`,
        type,
        help: text,
        value: this.#values.get(name as Metric) ?? 0, // a key of `help`
      })),
    );
  }
}
