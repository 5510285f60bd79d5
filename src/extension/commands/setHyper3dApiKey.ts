import * as vscode from 'vscode';
import { askSecret } from '../askSecret.ts';
import { askService } from '../askService.ts';
import type { Command } from './command.ts';

/** Keeps the API key that meshes are generated with in the editor's secret storage; the MCP server asks for it when it needs it. */
export const run: Command = async ({ secrets }) => {
  const title = vscode.l10n.t('Set Hyper3D API key');
  const chosen = await askService(title);
  if (chosen === undefined) return;
  const key = await askSecret(
    title,
    vscode.l10n.t('The API key of {0}; what it makes is charged there', chosen.label),
  );
  if (key === undefined) return;
  await secrets.service(chosen.service).save(key);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(key) API key of {0} kept', chosen.label), 5000);
};
