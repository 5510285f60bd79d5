import * as vscode from 'vscode';
import { askStorageRole } from '../promotion/askStorageRole.ts';
import type { Command } from './command.ts';

/** Forgets the S3 address and keys of a bucket's role. */
export const run: Command = async ({ avatars, secrets }) => {
  const role = await askStorageRole(vscode.l10n.t('Clear storage key'));
  if (role === undefined) return;
  await secrets.storage(role).forget();
  avatars.refresh('everything');
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(trash) Keys of {0} forgotten', `${role}:`), 5000);
};
