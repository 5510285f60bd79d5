import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { HttpPublicUrl } from '../../adapters/storage/publicUrl.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** The address of a model: of a promoted one on the web where the setting tells it, else of the file. Returns it. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Copy URL');
  const avatar = await chooseAvatar(services, argument, ['promoted', 'animation', 'export'], title);
  if (avatar === undefined) return undefined;
  const base = services.settings.get('production.url');
  const url =
    avatar.kind !== 'export' && base !== ''
      ? new HttpPublicUrl(base, avatar.kind === 'animation' ? 'animations' : undefined).urlOf(avatar.name)
      : pathToFileURL(
          await withProgress(vscode.l10n.t('Fetching {0}', avatar.name), (work) =>
            services.avatars.localFile(avatar, work),
          ),
        ).href;
  await vscode.env.clipboard.writeText(url);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(link) Copied {0}', url), 5000);
  return url;
};
