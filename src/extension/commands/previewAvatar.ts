import * as vscode from 'vscode';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** Shows a model, moving, or an animation in an editor tab. Returns the file that is shown. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Preview avatar');
  const avatar = await chooseAvatar(services, argument, ['export', 'stored', 'promoted', 'animation'], title);
  if (avatar === undefined) return undefined;
  const { avatars, previews } = services;
  const file =
    avatar.path ??
    (await withProgress(vscode.l10n.t('Fetching {0}', avatar.name), (work) =>
      avatars.localFile(avatar, work),
    ));
  await previews.show(file);
  return file;
};
