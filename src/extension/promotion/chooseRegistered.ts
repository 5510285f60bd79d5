import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { calledOn } from '../avatars/chooseAvatar.ts';
import type { EditorCheckout } from './editorCheckout.ts';

/** A name in the allowlists: that of the row the command was called on, else the one that is picked. Error: `none-registered`. */
export async function chooseRegistered(
  checkout: EditorCheckout,
  argument: unknown,
  title: string,
): Promise<string | undefined> {
  const called = calledOn(argument);
  if (called !== null) return called.name;
  const names = await checkout.names();
  if (names.length === 0) {
    throw new ForgeError(
      'none-registered',
      vscode.l10n.t('The allowlists in {0} name no model.', checkout.place),
      vscode.l10n.t('Register one first.'),
    );
  }
  return vscode.window.showQuickPick([...names], {
    title,
    placeHolder: vscode.l10n.t('Choose one of the models in the allowlists'),
  });
}
