import type { KasmWorkstation } from '../../adapters/kasm/kasmWorkstation.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Settings } from '../settings.ts';
import type { Place, Provider, ProviderContext } from './provider.ts';

/** A Blender in a session of Kasm Workspaces: asked for when it is needed, found again by later windows, put away when idle. */
export const kasm: Provider = {
  id: 'kasm',
  owned: true,
  attempts: 60,
  label: labelOf,
  screenUrl: () => null,
  open: (context: ProviderContext): Place => {
    let making: Promise<void> | undefined;
    let workstation: KasmWorkstation | null = null;
    const make = async (): Promise<void> => {
      const { openKasm } = await import('../kasm/openKasm.ts'); // loaded on use
      workstation = await openKasm(context);
    };
    return {
      label: labelOf(context.settings),
      outlivesEditor: true,
      launch: async () => {
        await (making ??= make());
        if (workstation === null) throw new Error('It was made just now.');
        return workstation.launch();
      },
      stop: async () => workstation?.destroy(),
      sleep: async () => {
        if (context.settings.get('kasm.idleAction') === 'destroy') {
          await workstation?.destroy();
          return 'ended';
        }
        await workstation?.pause();
        return 'kept';
      },
      projects: {
        keep: async (name) => workstation?.keepProject(name),
        take: async () => (await workstation?.takeProject()) ?? null,
      },
      isUsedElsewhere: async (withinMs) => (await workstation?.isUsedElsewhere(withinMs)) === true,
      keepAlive: async (usedAtMs) =>
        workstation
          ?.keepAlive(usedAtMs)
          .catch((thrown: unknown) => context.onLine(`kasm: ${reasonOf(thrown)}`)),
      screenUrl: () => workstation?.page ?? null,
      ways: () => workstation?.trace ?? [],
    };
  },
};

function labelOf(settings: Settings): string {
  const host = URL.parse(settings.get('kasm.url'))?.host;
  return host === undefined ? 'Kasm' : `Kasm (${host})`;
}
