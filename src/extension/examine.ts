import { diagnose } from '../core/doctor/diagnose.ts';
import type { Diagnosis } from '../core/doctor/diagnosis.ts';
import type { KasmFacts } from '../core/doctor/facts.ts';
import { doctorReport } from '../core/doctor/report.ts';
import type { Services } from './services.ts';
import { storageEnvOf } from './storageEnv.ts';

export interface Examination {
  readonly diagnoses: readonly Diagnosis[];
  /** Markdown. */
  readonly report: string;
}

/** Looks at this machine and the current workstation; starts none. */
export async function examine(services: Services): Promise<Examination> {
  const { installation, settings, secrets, workstations, blender, network } = services;
  const { provider, state } = workstations.info();
  const local = provider === 'thisMachine';
  const production = settings.get('production.folder');
  const isUp = state.is === 'ready' || state.is === 'busy';
  const remote = settings.get('storage.exportsRemote');
  // An address is dialled; nothing is started for this, here or in Kasm.
  const isThere = isUp || provider === 'endpoint';
  const { gatherFacts } = await import('../adapters/doctor.ts'); // loaded on use
  const { storageRemotes } = await import('./promotion/storageKeys.ts'); // loaded on use
  const facts = await gatherFacts({
    version: installation.version,
    env: storageEnvOf(settings, process.env),
    network: network(),
    remotes: await storageRemotes(secrets),
    local,
    blender: settings.get('workstation.blenderPath') || undefined,
    headless: settings.get('workstation.headless'),
    home: services.home(),
    production: production === '' ? null : production,
    remote: remote === '' ? null : remote,
    blenderPort: isThere ? blender : null,
    endpoint: isThere && !local ? await workstations.endpoint().catch(() => null) : null,
  });
  const kasm = provider === 'kasm' ? await lookAtKasm(services) : undefined;
  const diagnoses = diagnose({ ...facts, kasm });
  return { diagnoses, report: doctorReport(facts, diagnoses) };
}

async function lookAtKasm(services: Services): Promise<KasmFacts> {
  const { settings, secrets, workstations } = services;
  const { examineKasm } = await import('../adapters/kasm/examineKasm.ts'); // loaded on use
  const { openKasmApi } = await import('./kasm/openKasm.ts');
  return examineKasm({
    open: async () => {
      const api = await openKasmApi(services);
      return { api, store: secrets.kasm('sessions', api.origin) };
    },
    image: settings.get('kasm.image'),
    ways: workstations.info().ways,
  });
}
