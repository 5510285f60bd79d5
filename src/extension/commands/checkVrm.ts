import * as vscode from 'vscode';
import { KhronosValidator } from '../../adapters/vrm/khronos.ts';
import { openModel } from '../../adapters/vrm/openModel.ts';
import { plainText } from '../../core/untrusted.ts';
import type { Report } from '../../core/vrm/check.ts';
import { checkReading } from '../../core/vrm/validator.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { profileOf } from '../profile.ts';
import { withProgress } from '../progress.ts';
import { findingsText } from '../views/avatarText.ts';
import type { Command } from './command.ts';

/** Checks a model by every rule and by Khronos' validator; the findings go to the Problems panel. Returns their counts. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Check VRM');
  const avatar = await chooseAvatar(services, argument, ['export', 'stored', 'promoted'], title);
  if (avatar === undefined) return undefined;
  const { avatars, problems, log, settings } = services;
  const profile = await profileOf(settings);
  const { file, report } = await withProgress(vscode.l10n.t('Checking {0}', avatar.name), async (work) => {
    const path = await avatars.localFile(avatar, work);
    const reading = await openModel(path);
    work.signal.throwIfAborted();
    const report = await checkReading(new KhronosValidator(), reading, { profile });
    return { file: path, report };
  });
  problems.show(file, report.findings);
  writeLog(log, avatar.name, report);
  avatars.refresh();
  void tell(avatar.name, report);
  return report.counts;
};

function writeLog(log: vscode.LogOutputChannel, name: string, { findings, profile }: Report): void {
  log.info(`check of ${name}, profile ${profile}: ${findings.length} findings`);
  for (const { severity, code, message, next } of findings)
    log.info(`  ${severity} ${code}: ${plainText(message)} → ${plainText(next)}`);
}

async function tell(name: string, { counts }: Report): Promise<void> {
  const findings = findingsText({ counts }, vscode.l10n.t);
  if (findings === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has neither errors nor warnings.', name));
    return;
  }
  const showProblems = vscode.l10n.t('Show problems');
  const text = vscode.l10n.t('{0}: {1}.', name, findings);
  const chosen = await (counts.errors > 0
    ? vscode.window.showErrorMessage(text, showProblems)
    : vscode.window.showWarningMessage(text, showProblems));
  if (chosen === showProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
}
