import * as vscode from 'vscode';
import { askStorageRole } from '../promotion/askStorageRole.ts';
import { keepStorageKey } from '../promotion/storageKeys.ts';
import type { Command } from './command.ts';

/** Keeps the S3 address and keys of a bucket's role in the editor's secret storage; the remote is then called as the role. */
export const run: Command = async ({ avatars, secrets }) => {
  const title = vscode.l10n.t('Set storage key');
  const role = await askStorageRole(title);
  if (role === undefined) return;
  const endpoint = await ask(title, vscode.l10n.t('The address of the S3 service'), {
    placeHolder: 'https://s3.example.com',
    fault: (value) =>
      /^https?:$/.test(URL.parse(value)?.protocol ?? '')
        ? undefined
        : vscode.l10n.t('Must be an http or https address.'),
  });
  if (endpoint === undefined) return;
  const region = await ask(title, vscode.l10n.t('Its region; auto where it has none'), { value: 'auto' });
  if (region === undefined) return;
  const accessKeyId = await ask(title, vscode.l10n.t('The access key id'), { isSecret: true });
  if (accessKeyId === undefined) return;
  const secretAccessKey = await ask(title, vscode.l10n.t('The secret access key'), { isSecret: true });
  if (secretAccessKey === undefined) return;
  await keepStorageKey(secrets, role, { endpoint, region, accessKeyId, secretAccessKey });
  avatars.refresh('everything');
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(key) Keys kept: the remote is called {0}', `${role}:`),
    5000,
  );
};

async function ask(
  title: string,
  prompt: string,
  options: {
    readonly placeHolder?: string;
    readonly value?: string;
    readonly isSecret?: boolean;
    readonly fault?: (value: string) => string | undefined;
  },
): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title,
    prompt,
    ...(options.placeHolder === undefined ? {} : { placeHolder: options.placeHolder }),
    ...(options.value === undefined ? {} : { value: options.value }),
    password: options.isSecret === true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' ? vscode.l10n.t('It is empty.') : options.fault?.(value.trim()),
  });
  return given?.trim();
}
