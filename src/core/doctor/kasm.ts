import { phaseOf } from '../kasm/states.ts';
import type { TriedWay } from '../kasm/ways.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { KasmFacts, Probe } from './facts.ts';
import { notFound } from './notFound.ts';

/** A row each, in the order in which one needs the other. */
export function diagnoseKasm({ address, key, image, session, ways }: KasmFacts): readonly Diagnosis[] {
  return [
    rowOf('Address of Kasm', address, ({ origin }) => `Kasm answers at ${origin}.`),
    rowOf('API key of Kasm', key, ({ sessions }) => `It is accepted; Kasm lists ${sessions} sessions.`),
    rowOf('Image in Kasm', image, (found) => `There is an image ${found.image}, and it is enabled.`),
    sessionRow(session),
    wayRow(ways),
  ];
}

function rowOf<T>(subject: string, probe: Probe<T>, says: (value: T) => string): Diagnosis {
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  return { subject, health: 'ok', says: says(probe.value), mend: null };
}

function sessionRow(probe: KasmFacts['session']): Diagnosis {
  const row = rowOf('Session in Kasm', probe, ({ kasmId, status }) => `Session ${kasmId} is “${status}”.`);
  if (probe.is !== 'found' || phaseOf(probe.value.status) === 'running') return row;
  return {
    ...row,
    health: 'warning',
    mend: 'Start the workstation: a session that sleeps is woken, one that is gone is replaced.',
  };
}

function wayRow(ways: readonly TriedWay[]): Diagnosis {
  const subject = 'Way to Blender in Kasm';
  if (ways.length === 0)
    return { subject, health: 'skipped', says: 'None was tried yet: start the workstation.', mend: null };
  const says = `${ways.map(({ way, outcome }) => `${way}: ${outcome}`).join('; ')}.`;
  if (ways.some(({ outcome }) => outcome === 'reached')) return { subject, health: 'ok', says, mend: null };
  return {
    subject,
    health: 'error',
    says,
    mend: 'Check that avatarForge.kasm.image is the image of Avatar Forge; docs/kasm.md tells of the ways.',
  };
}
