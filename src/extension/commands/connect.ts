import * as vscode from 'vscode';
import { z } from 'zod';
import { askAddress } from '../askAddress.ts';
import type { Services } from '../services.ts';
import { type ProviderId, providerIds } from '../settings.ts';
import { updateSetting } from '../updateSetting.ts';
import { urlOf } from '../workstations/endpoint.ts';
import type { Command } from './command.ts';
import { run as startWorkstation } from './startWorkstation.ts';

/** A row of the Workstations view. */
const row = z.object({ type: z.literal('workstation'), provider: z.enum(providerIds) });

/** Makes another workstation the current one, for this and later windows, and connects to it. */
export const run: Command = async (services, argument) => {
  const called = row.safeParse(argument);
  const provider = called.success ? called.data.provider : await chooseProvider(services);
  if (provider === undefined) return undefined;
  if (provider === 'endpoint' && !called.success) {
    const endpoint = await askAddress(services.settings, vscode.l10n.t('Connect to a workstation'));
    if (endpoint === undefined) return undefined;
    await updateSetting('workstation.endpoint', urlOf(endpoint));
  }
  await updateSetting('workstation.provider', provider);
  return startWorkstation(services, undefined);
};

async function chooseProvider({ settings }: Services): Promise<ProviderId | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly provider: ProviderId })[] = [
    {
      provider: 'thisMachine',
      label: vscode.l10n.t('$(device-desktop) This machine'),
      detail: vscode.l10n.t('Starts a Blender of its own; nothing to set up but Blender itself'),
    },
    {
      provider: 'endpoint',
      label: vscode.l10n.t('$(remote) An address…'),
      detail: vscode.l10n.t('A Blender that listens already, here or at the end of a tunnel'),
    },
    {
      provider: 'kasm',
      label: vscode.l10n.t('$(server-environment) Kasm'),
      detail: vscode.l10n.t('A session in Kasm Workspaces, launched when it is needed'),
    },
  ];
  const current = settings.get('workstation.provider');
  const picked = await vscode.window.showQuickPick(
    items.map((item) =>
      item.provider === current ? { ...item, description: vscode.l10n.t('current') } : item,
    ),
    {
      title: vscode.l10n.t('Connect to a workstation'),
      placeHolder: vscode.l10n.t('Where does Blender run?'),
    },
  );
  return picked?.provider;
}
