import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { optimiseFile } from '../../adapters/vrm/optimiseFile.ts';
import type { Optimised } from '../../core/vrm/optimise/optimise.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

const wishes = { textureSize: 1024, textureFormat: 'webp', quantise: true, meshopt: false } as const;

/** Saves a lighter copy for the web where the user says; the model stays as it is. Returns the path. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Optimise for web');
  const avatar = await chooseAvatar(services, argument, ['export', 'stored', 'promoted'], title);
  if (avatar === undefined) return undefined;
  const { file, made, target } = await withProgress(
    vscode.l10n.t('Optimising {0}', avatar.name),
    async (work) => {
      const file = await services.avatars.localFile(avatar, work);
      const target = await chooseTarget(title, file, avatar.name);
      if (target === undefined) return { file, made: undefined, target };
      // The dialog has asked already whether a file that is there may go.
      return { file, made: await optimiseFile(file, target, { ...wishes, replace: true }), target };
    },
  );
  if (made === undefined) return undefined;
  services.log.info(
    `optimised ${file}: ${made.before.file} → ${made.after.file} bytes, ${made.expressions} expressions, ${target}`,
  );
  void tell(target, made);
  return target;
};

async function chooseTarget(title: string, file: string, name: string): Promise<string | undefined> {
  const open = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  const copy = `${basename(name, extname(name))}.web.vrm`;
  const chosen = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(join(open ?? dirname(file), copy)),
    filters: { VRM: ['vrm'] },
  });
  return chosen?.fsPath;
}

async function tell(target: string, { before, after, expressions }: Optimised): Promise<void> {
  const preview = vscode.l10n.t('Preview');
  const saved = Math.max(0, Math.round((1 - after.file / before.file) * 100));
  const text = vscode.l10n.t(
    '{0}: {1} KiB, {2} % less. {3} expressions move as before.',
    basename(target),
    Math.ceil(after.file / 1024),
    saved,
    expressions,
  );
  const chosen = await vscode.window.showInformationMessage(text, preview);
  if (chosen === preview) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(target));
}
