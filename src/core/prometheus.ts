/** Numbers in the text form of Prometheus, https://prometheus.io/docs/instrumenting/exposition_formats/. */

export interface Metric {
  /** With the program's prefix: `avatar_forge_agent_clients`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** A number, or one for each set of labels, `direction="to_blender"`. */
  readonly value: number | Readonly<Record<string, number>>;
}

/** What `/metrics` answers in this form. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export function exposition(metrics: readonly Metric[]): string {
  return metrics.map((metric) => `${linesOf(metric).join('\n')}\n`).join('');
}

function linesOf({ name, type, help, value }: Metric): readonly string[] {
  const values =
    typeof value === 'number'
      ? [`${name} ${value}`]
      : Object.entries(value).map(([labels, one]) => `${name}{${labels}} ${one}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values];
}
