import * as vscode from 'vscode';
import type { Avatar, AvatarDetails } from '../avatars/avatar.ts';
import { badgeOf } from './avatarText.ts';

const scheme = 'avatar-forge-avatar';

/** An avatar's address in the view; its badge is in the query, so that a new finding is a new address. */
export function avatarUri({ kind, name }: Avatar, details: AvatarDetails | null): vscode.Uri {
  const badge = badgeOf(details);
  const query = badge === null ? '' : `${badge.is}=${badge.badge}`;
  return vscode.Uri.from({ scheme, path: `/${kind}/${name}`, query });
}

/** Marks rows with the number of findings of the last look, as the Explorer marks its files. */
export const avatarBadges: vscode.FileDecorationProvider = {
  provideFileDecoration(uri) {
    if (uri.scheme !== scheme || uri.query === '') return undefined;
    const [is, badge] = uri.query.split('=');
    if (badge === undefined) return undefined;
    return is === 'error'
      ? new vscode.FileDecoration(
          badge,
          vscode.l10n.t('Errors'),
          new vscode.ThemeColor('list.errorForeground'),
        )
      : new vscode.FileDecoration(
          badge,
          vscode.l10n.t('Warnings'),
          new vscode.ThemeColor('list.warningForeground'),
        );
  },
};
