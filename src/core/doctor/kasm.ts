import { phaseOf } from '../kasm/states.ts';
import type { TriedWay } from '../kasm/ways.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { KasmFacts, Probe } from './facts.ts';
import { notFound } from './notFound.ts';

/** A row each, in the order in which one needs the other. */
export function diagnoseKasm({ address, key, image, session, ways }: KasmFacts): readonly Diagnosis[] {
  return [
    rowOf(
      'Address of Kasm',
      address,
      ({ origin, revision }) => `Kasm answers at ${origin}, by ${revision ?? 'its API'}.`,
    ),
    rowOf('API key of Kasm', key, ({ sessions }) => `It is accepted; sessions that Kasm lists: ${sessions}.`),
    rowOf('Image in Kasm', image, (found) => `There is an image ${found.image}, and it is enabled.`),
    sessionRow(session),
    ...wayRows(ways),
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

/** A row for each way that there is; the ones before the first that leads there are worth mending, not more. */
function wayRows(ways: readonly TriedWay[] | null): readonly Diagnosis[] {
  if (ways === null || ways.length === 0)
    return [
      {
        subject: 'Way to Blender in Kasm',
        health: 'skipped',
        says:
          ways === null
            ? 'Not tried here, Kasm’s own proxy neither: the editor alone has the tokens of its session. Run doctor there.'
            : 'None was tried yet: start the workstation.',
        mend: null,
      },
    ];
  const isReached = ways.some(({ outcome }) => outcome === 'reached');
  const rows = ways.map(({ way, outcome, failure }): Diagnosis => {
    const subject = `Way to Blender: ${way}`;
    if (outcome === 'reached') return { subject, health: 'ok', says: 'It leads to Blender.', mend: null };
    if (failure === undefined)
      return { subject, health: 'skipped', says: `Not tried: ${outcome}.`, mend: null };
    const says = `${failure.message} (${outcome})`;
    return { subject, health: isReached ? 'warning' : 'error', says, mend: failure.next };
  });
  if (isReached || rows.some(({ health }) => health === 'error')) return rows;
  return [
    ...rows,
    {
      subject: 'Way to Blender in Kasm',
      health: 'error',
      says: 'There is none.',
      mend: 'Check that avatarForge.kasm.image is the image of Avatar Forge, or set avatarForge.kasm.relay or avatarForge.kasm.directPort (docs/kasm.md).',
    },
  ];
}
