import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { ForgeError } from '../../core/errors.ts';
import type { Services } from '../services.ts';
import { bytesText } from '../text.ts';
import { kindText } from '../views/avatarText.ts';
import { type Avatar, type AvatarKind, avatarKinds } from './avatar.ts';

const avatar: z.ZodType<Avatar> = z.object({
  kind: z.enum(avatarKinds),
  name: z.string(),
  size: z.number(),
  modifiedMs: z.number(),
  path: z.string().nullable(),
});
/** A row of the Avatars view. */
const row = z.object({ avatar });

/** The row of the Avatars view that a command was called on; null where it was called otherwise. */
export function calledOn(argument: unknown): Avatar | null {
  const called = row.safeParse(argument);
  return called.success ? called.data.avatar : null;
}

/**
 * The avatar a command is about: the row or the file it was called on, else the one the user picks. Undefined where nobody picked.
 * Errors: `no-avatars`, `not-a-local-file`.
 */
export async function chooseAvatar(
  { avatars }: Services,
  argument: unknown,
  kinds: readonly AvatarKind[],
  title: string,
): Promise<Avatar | undefined> {
  if (argument instanceof vscode.Uri) return avatarOfFile(argument);
  const called = calledOn(argument);
  if (called !== null) return called;
  const found = await avatars.listAll(kinds);
  if (found.length === 0) {
    throw new ForgeError(
      'no-avatars',
      vscode.l10n.t('There is no avatar yet.'),
      vscode.l10n.t('Export one first: ask for it in the chat, or run Export VRM….'),
    );
  }
  const picked = await vscode.window.showQuickPick(
    avatarKinds.flatMap((kind) => quickPickItems(kind, found)),
    { title, placeHolder: vscode.l10n.t('Choose an avatar'), matchOnDescription: true },
  );
  return picked?.avatar;
}

interface AvatarItem extends vscode.QuickPickItem {
  readonly avatar?: Avatar;
}

function quickPickItems(kind: AvatarKind, avatars: readonly Avatar[]): AvatarItem[] {
  const items = avatars.filter((one) => one.kind === kind);
  if (items.length === 0) return [];
  return [
    { label: kindText(kind, vscode.l10n.t), kind: vscode.QuickPickItemKind.Separator },
    ...items.map((one) => ({ label: one.name, description: bytesText(one.size), avatar: one })),
  ];
}

/** A .vrm of the Explorer. */
async function avatarOfFile(uri: vscode.Uri): Promise<Avatar> {
  if (uri.scheme !== 'file') {
    throw new ForgeError(
      'not-a-local-file',
      vscode.l10n.t('{0} is not on the machine that Avatar Forge runs on.', uri.toString(true)),
      vscode.l10n.t('Save a copy there first.'),
    );
  }
  const { size, mtimeMs } = await stat(uri.fsPath);
  return { kind: 'export', name: basename(uri.fsPath), size, modifiedMs: mtimeMs, path: uri.fsPath };
}
