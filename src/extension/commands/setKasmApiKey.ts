import * as vscode from 'vscode';
import { parseKasmUrl } from '../../adapters/kasm/kasmApi.ts';
import { askSecret } from '../askSecret.ts';
import { askKasmUrl } from '../kasm/askUrl.ts';
import type { Command } from './command.ts';

/** Keeps the API key of a Kasm, and its secret, in the editor's secret storage. */
export const run: Command = async ({ settings, secrets }) => {
  const title = vscode.l10n.t('Set Kasm API key');
  const url = await askKasmUrl(settings, title);
  if (url === undefined) return;
  const { origin, host } = parseKasmUrl(url);
  const key = await askSecret(title, vscode.l10n.t('The API key for Kasm at {0}', host));
  if (key === undefined) return;
  const secret = await askSecret(title, vscode.l10n.t('The secret of that API key'));
  if (secret === undefined) return;
  await secrets.kasm('key', origin).save(JSON.stringify({ key, secret }));
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(key) API key of {0} kept', host), 5000);
};
