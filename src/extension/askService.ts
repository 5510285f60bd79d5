import * as vscode from 'vscode';
import type { ServiceKeys } from '../protocol/control.ts';

interface Item extends vscode.QuickPickItem {
  readonly service: keyof ServiceKeys;
}

/** By whom meshes are generated: the service whose key is meant. */
export async function askService(title: string): Promise<Item | undefined> {
  const items: Item[] = [
    { service: 'hyper3d', label: 'Hyper3D', description: 'hyper3d.ai' },
    { service: 'fal', label: 'fal.ai', description: 'fal-ai/hyper3d/rodin' },
  ];
  const placeHolder = vscode.l10n.t('Choose whose API key; Hyper3D’s own is used where there are both');
  return vscode.window.showQuickPick(items, { title, placeHolder });
}
