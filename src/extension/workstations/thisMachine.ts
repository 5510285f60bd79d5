import type { LocalWorkstation, LocalWorkstationOptions } from '../../adapters/workstations/local.ts';
import type { Place, Provider, ProviderContext } from './provider.ts';

const label = 'This machine';

/** A Blender of our own on the machine of the extension host. */
export const thisMachine: Provider = {
  id: 'thisMachine',
  owned: true,
  attempts: 5,
  label: () => label,
  screenUrl: () => null,
  open: ({ settings, installation, env, home, onStage, onLine }: ProviderContext): Place => {
    const blender = settings.get('workstation.blenderPath');
    const options: LocalWorkstationOptions = {
      bootScript: installation.bootScript,
      home,
      env: withoutEditor(env),
      blender: blender === '' ? undefined : blender,
      headless: settings.get('workstation.headless'),
      onLine,
      onState: ({ is }) => {
        if (is === 'starting') onStage('launched');
        if (is === 'connecting') onStage('listening');
        if (is === 'failed' || is === 'stopped') onStage('gone');
      },
    };
    let made: Promise<LocalWorkstation> | undefined;
    return {
      label,
      launch: async () => (await (made ??= make(options))).launch(),
      stop: async () => (await made)?.stop(),
    };
  },
};

/** Loaded on use. */
async function make(options: LocalWorkstationOptions): Promise<LocalWorkstation> {
  const { LocalWorkstation } = await import('../../adapters/workstations/local.ts');
  return new LocalWorkstation(options);
}

/** The doors to the editor itself, which code in Blender has no business with. */
function withoutEditor(env: ProviderContext['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE|ELECTRON)_/.test(name)));
}
