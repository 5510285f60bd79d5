import { copyFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { avatarKinds } from '../avatars/avatar.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** Saves a copy where the user says. Returns the path. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Download avatar');
  const avatar = await chooseAvatar(services, argument, avatarKinds, title);
  if (avatar === undefined) return undefined;
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(join(folder ?? homedir(), basename(avatar.name))),
  });
  if (target === undefined) return undefined;
  await withProgress(vscode.l10n.t('Downloading {0}', avatar.name), async (work) => {
    const file = await services.avatars.localFile(avatar, work);
    await copyFile(file, target.fsPath);
  });
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Saved {0}', target.fsPath), 5000);
  return target.fsPath;
};
