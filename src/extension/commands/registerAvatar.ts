import * as vscode from 'vscode';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { changeAllowlists, theCheckout } from '../promotion/changeAllowlists.ts';
import type { Command } from './command.ts';

/** Points the companion app's allowlists at a promoted avatar. Returns its name where that is so now. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Register avatar');
  const checkout = theCheckout(services);
  const avatar = await chooseAvatar(services, argument, ['promoted'], title);
  if (avatar === undefined) return undefined;
  const { name } = avatar;
  return (await changeAllowlists(services, title, checkout, { kind: 'register', name })) ? name : undefined;
};
