import * as vscode from 'vscode';
import { askSecret } from '../askSecret.ts';
import { relayAddress } from '../kasm/relayAddress.ts';
import type { Command } from './command.ts';

/** Keeps the key by which the agents of this user's sessions in Kasm go out to the relay. */
export const run: Command = async ({ settings, secrets }) => {
  const address = relayAddress(settings);
  const key = await askSecret(
    vscode.l10n.t('Set relay key of Kasm sessions'),
    vscode.l10n.t(
      'Your key of scope “agent” for the relay at {0}; what runs in your sessions can read it',
      address,
    ),
  );
  if (key === undefined) return;
  await secrets.relayAgent(address).save(key);
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(key) Sessions go out to {0} by your key', address),
    5000,
  );
};
