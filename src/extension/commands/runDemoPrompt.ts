import * as vscode from 'vscode';
import { starterPrompts } from '../../core/prompts.ts';
import type { Command } from './command.ts';

/** Puts a prompt into the chat, in agent mode, for the user to read and send. Returns its text. */
export const run: Command = async () => {
  const picked = await vscode.window.showQuickPick(
    starterPrompts.map(({ title, text }) => ({ label: title, detail: text })),
    {
      title: vscode.l10n.t('Run demo prompt'),
      placeHolder: vscode.l10n.t('It goes into the chat; you send it'),
    },
  );
  if (picked === undefined) return undefined;
  const commands = await vscode.commands.getCommands(true);
  if (commands.includes('workbench.action.chat.open')) {
    await vscode.commands.executeCommand('workbench.action.chat.open', {
      query: picked.detail,
      mode: 'agent',
      isPartialQuery: true,
    });
  } else {
    await vscode.env.clipboard.writeText(picked.detail);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This editor has no chat. The prompt is in the clipboard, for your MCP client.'),
    );
  }
  return picked.detail;
};
