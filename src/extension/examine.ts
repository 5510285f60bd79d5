import { diagnose, type Diagnosis } from '../core/doctor/diagnose.ts';
import { doctorReport } from '../core/doctor/report.ts';
import type { Services } from './services.ts';

export interface Examination {
  readonly diagnoses: readonly Diagnosis[];
  /** Markdown. */
  readonly report: string;
}

/** Looks at this machine and the current workstation; starts none. */
export async function examine(services: Services): Promise<Examination> {
  const { installation, settings, workstations, blender } = services;
  const { provider, state } = workstations.info();
  const local = provider === 'thisMachine';
  const production = settings.get('production.folder');
  const isUp = state.is === 'ready' || state.is === 'busy';
  const { gatherFacts } = await import('../adapters/doctor.ts'); // loaded on use
  const facts = await gatherFacts({
    version: installation.version,
    env: process.env,
    local,
    blender: settings.get('workstation.blenderPath') || undefined,
    headless: settings.get('workstation.headless'),
    home: services.home(),
    production: production === '' ? null : production,
    usesRemote: settings.get('storage.exportsRemote') !== '',
    // An address is dialled; a Blender of our own is not started for this.
    peer: isUp || !local ? () => blender.describe() : null,
  });
  const diagnoses = diagnose(facts);
  return { diagnoses, report: doctorReport(facts, diagnoses) };
}
