import * as vscode from 'vscode';
import { examine } from '../examine.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

/** Looks at what is installed and reachable, and writes a page: how it is, and what mends it. Returns the diagnoses. */
export const run: Command = async (services) => {
  const { diagnoses, report } = await withProgress(vscode.l10n.t('The doctor looks around'), () =>
    examine(services),
  );
  await services.pages.showMarkdown(vscode.l10n.t('Doctor'), report);
  return diagnoses;
};
