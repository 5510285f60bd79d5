import * as vscode from 'vscode';
import { changeAllowlists, theCheckout } from '../promotion/changeAllowlists.ts';
import { chooseRegistered } from '../promotion/chooseRegistered.ts';
import type { Command } from './command.ts';

/** Takes an avatar out of the companion app's allowlists; what is published stays. Returns its name where that is so now. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Unregister avatar');
  const checkout = theCheckout(services);
  const name = await chooseRegistered(checkout, argument, title);
  if (name === undefined) return undefined;
  return (await changeAllowlists(services, title, checkout, { kind: 'unregister', name })) ? name : undefined;
};
