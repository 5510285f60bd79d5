import * as vscode from 'vscode';
import { changeBack } from '../../core/register/plan.ts';
import { changeAllowlists, theCheckout } from '../promotion/changeAllowlists.ts';
import { chooseRegistered } from '../promotion/chooseRegistered.ts';
import type { Command } from './command.ts';

/** Points the companion app's allowlists at the version before; what is published stays. Returns the name they point at then. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Roll back avatar');
  const checkout = theCheckout(services);
  const name = await chooseRegistered(checkout, argument, title);
  if (name === undefined) return undefined;
  const published = (await services.avatars.listAll(['promoted'])).map((avatar) => avatar.name);
  const change = changeBack(name, await checkout.names(), published);
  const done = await changeAllowlists(services, title, checkout, change);
  return done && change.kind === 'replace' ? change.to : undefined;
};
