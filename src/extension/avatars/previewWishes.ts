/** What the user of a preview asks of the editor: files to choose, pictures to keep. Loaded on use. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { withThumbnail } from '../../core/vrm/setThumbnail.ts';
import type { PreviewRequest, PreviewWish } from '../../protocol/preview.ts';
import { writeWhole } from './writeWhole.ts';

export interface WishContext {
  /** The model that is shown. */
  readonly file: string;
  readonly post: (request: PreviewRequest) => void;
  /** The folder of promoted models; null where none is set. */
  readonly production: string | null;
  /** The file is but a copy of one elsewhere. */
  readonly isCopy: boolean;
}

const chosenId = 4;

/** Errors: `model-unreadable`, `model-packed`, and those of the file system. */
export async function grant(wish: PreviewWish, context: WishContext): Promise<void> {
  switch (wish.wish) {
    case 'choose-animation': {
      const chosen = await choose(vscode.l10n.t('Play animation'), 'VRM Animation', 'vrma', context);
      if (chosen !== null) context.post({ id: chosenId, method: 'animate', params: chosen });
      return;
    }
    case 'choose-comparison': {
      const chosen = await choose(vscode.l10n.t('Compare with'), 'VRM', 'vrm', context);
      if (chosen !== null) context.post({ id: chosenId, method: 'compare', params: chosen });
      return;
    }
    case 'save-picture':
      await savePicture(wish.png, context.file);
      return;
    case 'keep-thumbnail':
      await keepThumbnail(Buffer.from(wish.png, 'base64'), context);
      return;
    case 'optimise':
      await vscode.commands.executeCommand('avatarForge.optimiseAvatar', vscode.Uri.file(context.file));
  }
}

async function choose(
  title: string,
  kind: string,
  ending: string,
  { file }: WishContext,
): Promise<{ source: { bytes: ArrayBuffer }; name: string } | null> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      defaultUri: vscode.Uri.file(dirname(file)),
      filters: { [kind]: [ending] },
    })) ?? [];
  if (chosen === undefined) return null;
  const bytes = await vscode.workspace.fs.readFile(chosen);
  return { source: { bytes: new Uint8Array(bytes).buffer }, name: basename(chosen.path) };
}

async function savePicture(png: string, file: string): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save picture'),
    defaultUri: vscode.Uri.file(join(dirname(file), `${basename(file, extname(file))}.png`)),
    filters: { PNG: ['png'] },
  });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, Buffer.from(png, 'base64'));
}

/** Into the file itself, where it may change, with a way back; else into a copy. */
async function keepThumbnail(png: Uint8Array, { file, production, isCopy }: WishContext): Promise<void> {
  const before = await readFile(file);
  const changed = withThumbnail(before, png);
  const name = basename(file);
  const [write, copy] = [vscode.l10n.t('Write'), vscode.l10n.t('Save a Copy…')];
  const kept = isCopy
    ? vscode.l10n.t(
        '{0} was fetched from elsewhere and stays there as it is. Save a copy with the thumbnail?',
        name,
      )
    : (await isForEver(file, production))
      ? vscode.l10n.t('{0} was promoted and never changes. Save a copy with the thumbnail?', name)
      : null;
  const question = kept ?? vscode.l10n.t('Write the thumbnail into {0}?', name);
  const ways = kept === null ? [write, copy] : [copy];
  const answer = await vscode.window.showInformationMessage(question, ...ways);
  if (answer === copy) await saveCopy(changed, file);
  if (answer !== write) return;
  if (!before.equals(await readFile(file))) {
    throw new ForgeError(
      'file-changed',
      vscode.l10n.t('{0} was written by somebody else meanwhile.', name),
      vscode.l10n.t('Make the thumbnail again.'),
    );
  }
  await writeWhole(file, changed);
  void offerUndo(file, before, changed);
}

async function offerUndo(file: string, before: Uint8Array, changed: Uint8Array): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const told = vscode.l10n.t('The thumbnail is in {0}.', basename(file));
  if ((await vscode.window.showInformationMessage(told, undo)) !== undo) return;
  // What was exported since is not thrown away.
  if (Buffer.from(changed).equals(await readFile(file))) await writeWhole(file, before);
}

async function saveCopy(bytes: Uint8Array, file: string): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save a copy'),
    defaultUri: vscode.Uri.file(join(dirname(file), `${basename(file, extname(file))}-copy.vrm`)),
    filters: { VRM: ['vrm'] },
  });
  if (target !== undefined && target.fsPath !== file) await vscode.workspace.fs.writeFile(target, bytes);
}

/** In the folder of production, or written as promotions are: for reading only. */
async function isForEver(file: string, production: string | null): Promise<boolean> {
  const { mode } = await stat(file);
  return (mode & 0o222) === 0 || dirname(file) === production;
}
