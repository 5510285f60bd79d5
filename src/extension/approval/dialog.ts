import * as vscode from 'vscode';
import { plainText } from '../../core/untrusted.ts';
import type { Decision } from '../../protocol/control.ts';
import type { CodeQuestion } from './approver.ts';
import { type CodeDocuments, warningText } from './codeDocuments.ts';

/** Shows the code, beside the last that ran where there is one, and asks. Closing the question is a no. */
export async function askAboutCode(
  documents: CodeDocuments,
  question: CodeQuestion,
  signal: AbortSignal,
): Promise<Decision> {
  const now = await documents.add(vscode.l10n.t('Code to run'), question.code);
  const last =
    question.last === null ? null : await documents.add(vscode.l10n.t('Last run'), question.last.code);
  try {
    await show(last, now);
    return await pick(question, signal);
  } finally {
    await close(now);
    documents.drop(now);
    if (last !== null) documents.drop(last);
  }
}

async function show(last: vscode.Uri | null, now: vscode.Uri): Promise<void> {
  const options: vscode.TextDocumentShowOptions = { preview: true, preserveFocus: true };
  if (last === null) {
    await vscode.window.showTextDocument(now, options);
    return;
  }
  const title = vscode.l10n.t('Code to run ↔ last run');
  await vscode.commands.executeCommand('vscode.diff', last, now, title, options);
}

async function close(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) =>
      input instanceof vscode.TabInputTextDiff
        ? input.modified.toString() === uri.toString()
        : input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
    );
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}

interface Choice extends vscode.QuickPickItem {
  readonly decision: Decision;
}

function pick({ code, label, warnings }: CodeQuestion, signal: AbortSignal): Promise<Decision> {
  const picker = vscode.window.createQuickPick<Choice>();
  const deny: Choice = {
    decision: 'deny',
    label: vscode.l10n.t('$(circle-slash) Deny'),
    description: vscode.l10n.t('The agent is told, and nothing runs'),
  };
  const caution = vscode.l10n.t('Look closely: it {0}.', warnings.map(warningText).join(', '));
  picker.title = vscode.l10n.t('Run this code in Blender?');
  picker.placeholder = [
    label === null ? '' : `“${plainText(label, 80)}”`,
    vscode.l10n.t('{0} lines', code.split('\n').length),
    warnings.length === 0 ? '' : `⚠ ${caution}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
  picker.items = [
    {
      decision: 'once',
      label: vscode.l10n.t('$(play) Allow once'),
      description: vscode.l10n.t('A checkpoint is made before'),
    },
    {
      decision: 'session',
      label: vscode.l10n.t('$(check-all) Allow for this session'),
      description: vscode.l10n.t('Not asked again until this window closes'),
    },
    deny,
  ];
  picker.activeItems = [deny]; // somebody is typing when it opens: Enter must not run code
  picker.ignoreFocusOut = true; // to read the code, one clicks into it
  return new Promise((resolve) => {
    const settle = (decision: Decision): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(decision);
      picker.dispose();
    };
    const onAbort = (): void => settle('deny');
    signal.addEventListener('abort', onAbort, { once: true });
    picker.onDidAccept(() => settle(picker.selectedItems[0]?.decision ?? 'deny'));
    picker.onDidHide(() => settle('deny'));
    if (signal.aborted) onAbort();
    else picker.show();
  });
}
