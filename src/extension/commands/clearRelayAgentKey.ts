import * as vscode from 'vscode';
import { relayAddress } from '../kasm/relayAddress.ts';
import type { Command } from './command.ts';

/** Forgets the key by which the agents of this user's sessions in Kasm go out to the relay; sessions that run keep it. */
export const run: Command = async ({ settings, secrets }) => {
  const address = relayAddress(settings);
  await secrets.relayAgent(address).forget();
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(trash) Key of sessions for {0} forgotten', address),
    5000,
  );
};
