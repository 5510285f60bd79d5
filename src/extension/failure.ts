import * as vscode from 'vscode';
import { type ForgeError, toForgeError } from '../core/errors.ts';
import { plainText } from '../core/untrusted.ts';
import { inEditorWords, settingIn } from './editorWords.ts';

/** Anything that was thrown, told to the user: what happened, what to do next, and two ways to learn more. Cancelling is no error. */
export function showError(log: vscode.LogOutputChannel, thrown: unknown): void {
  if (thrown instanceof vscode.CancellationError) return;
  const error = toForgeError(
    thrown,
    'internal',
    vscode.l10n.t('This is a defect of Avatar Forge'),
    vscode.l10n.t('Save a report bundle and report it.'),
  );
  logError(log, error);
  if (error.code === 'cancelled') return;
  const actions = actionsFor(error, log);
  void vscode.window.showErrorMessage(errorText(error), ...actions).then((chosen) => chosen?.run());
}

interface Action extends vscode.MessageItem {
  readonly run: () => unknown;
}

/** The setting that the error names comes first: that is where it is mended. */
function actionsFor({ next }: ForgeError, log: vscode.LogOutputChannel): readonly Action[] {
  const setting = settingIn(next);
  const open = { title: vscode.l10n.t('Open setting'), run: () => openSetting(setting) };
  return [
    ...(setting === null ? [] : [open]),
    { title: vscode.l10n.t('Show log'), run: () => log.show() },
    { title: vscode.l10n.t('Run doctor'), run: () => vscode.commands.executeCommand('avatarForge.doctor') },
  ];
}

function openSetting(setting: string | null): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', setting);
}

/** What happened and what to do, on one line. */
export function errorText({ message, next }: ForgeError): string {
  return plainText(inEditorWords(`${message} ${next}`), 600).replaceAll('\n', ' ');
}

function logError(log: vscode.LogOutputChannel, error: ForgeError): void {
  log.error(`${error.code}: ${plainText(error.message)} → ${plainText(error.next)}`);
  if (error.data !== undefined) log.debug(plainText(JSON.stringify(error.data), 8000));
  if (error.cause instanceof Error) log.debug(error.cause.stack ?? error.cause.message);
}
