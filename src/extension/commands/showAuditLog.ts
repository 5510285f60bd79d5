import * as vscode from 'vscode';
import { auditPage } from '../../core/auditPage.ts';
import type { Command } from './command.ts';

/** What was changed, by whom and how it ended, and whether the log is whole. */
export const run: Command = async ({ audit, pages }) => {
  const lines = await audit.lines();
  await pages.showMarkdown(vscode.l10n.t('Audit log'), auditPage(audit.file, lines));
  return lines.length;
};
