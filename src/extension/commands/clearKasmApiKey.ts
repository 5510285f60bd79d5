import * as vscode from 'vscode';
import { parseKasmUrl } from '../../adapters/kasm/kasmApi.ts';
import { askKasmUrl } from '../kasm/askUrl.ts';
import type { Command } from './command.ts';

/** Forgets the API key of a Kasm. What is known of a session there stays, so that it can still be ended with another key. */
export const run: Command = async ({ settings, secrets }) => {
  const url = await askKasmUrl(settings, vscode.l10n.t('Clear Kasm API key'));
  if (url === undefined) return;
  const { origin, host } = parseKasmUrl(url);
  await secrets.kasm('key', origin).forget();
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(trash) API key of {0} forgotten', host), 5000);
};
