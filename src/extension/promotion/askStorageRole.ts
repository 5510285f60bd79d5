import * as vscode from 'vscode';
import type { StorageRole } from './storageKeys.ts';

interface Item extends vscode.QuickPickItem {
  readonly role: StorageRole;
}

/** Which bucket keys are for. */
export async function askStorageRole(title: string): Promise<StorageRole | undefined> {
  const items: Item[] = [
    { role: 'cdn', label: vscode.l10n.t('CDN'), description: 'cdn:' },
    { role: 'mirror', label: vscode.l10n.t('Mirror'), description: 'mirror:' },
    { role: 'production', label: vscode.l10n.t('Production'), description: 'production:' },
    { role: 'source', label: vscode.l10n.t('Stored exports'), description: 'source:' },
  ];
  const placeHolder = vscode.l10n.t('Choose whose bucket it is; its remote is called like that');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.role;
}
