import * as vscode from 'vscode';
import { type ForgeError, toForgeError } from '../core/errors.ts';
import { plainText } from '../core/untrusted.ts';

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
  const showLog = vscode.l10n.t('Show log');
  const doctor = vscode.l10n.t('Run doctor');
  void vscode.window.showErrorMessage(errorText(error), showLog, doctor).then((chosen) => {
    if (chosen === showLog) log.show();
    if (chosen === doctor) void vscode.commands.executeCommand('avatarForge.doctor');
  });
}

/** What happened and what to do, on one line. */
export function errorText({ message, next }: ForgeError): string {
  return plainText(`${message} ${next}`, 600).replaceAll('\n', ' ');
}

function logError(log: vscode.LogOutputChannel, error: ForgeError): void {
  log.error(`${error.code}: ${plainText(error.message)} → ${plainText(error.next)}`);
  if (error.data !== undefined) log.debug(plainText(JSON.stringify(error.data), 8000));
  if (error.cause instanceof Error) log.debug(error.cause.stack ?? error.cause.message);
}
