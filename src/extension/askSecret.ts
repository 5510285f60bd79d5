import * as vscode from 'vscode';

/** A secret that the user types or pastes; undefined where they leave. */
export async function askSecret(title: string, prompt: string): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title,
    prompt,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('It is empty.') : undefined),
  });
  return given?.trim();
}
