import type { Diagnosis } from './diagnosis.ts';
import type { Probe, RouteFacts } from './facts.ts';
import { notFound } from './notFound.ts';

/** The way to a Blender elsewhere, a row for each step, in the order in which one needs the other. */
export function diagnoseRoute({ place, name, tls, login, path, agent }: RouteFacts): readonly Diagnosis[] {
  return [
    rowOf('Name of the workstation', name, (addresses) => `${place} is at ${addresses.join(', ')}.`),
    rowOf('TLS to the workstation', tls, (says) => says),
    rowOf('Login at the workstation', login, () => 'The token, key or cookies are accepted.'),
    rowOf('Path to the agent', path, (found) => `${found} is a WebSocket.`),
    rowOf('Agent before Blender', agent, () => 'It has connected us to Blender.'),
  ];
}

function rowOf<T>(subject: string, probe: Probe<T>, says: (value: T) => string): Diagnosis {
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  return { subject, health: 'ok', says: says(probe.value), mend: null };
}
