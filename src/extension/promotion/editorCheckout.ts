import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppCheckout, registerChanged, registerFailed } from '../../adapters/register/checkout.ts';
import type { AllowlistEdit } from '../../core/promotion/ports.ts';

/** A checkout that may be open in the editor: read as it stands there, and edited as one change that can be undone. */
export class EditorCheckout extends AppCheckout {
  uriOf(file: string): vscode.Uri {
    return vscode.Uri.file(join(this.place, file));
  }

  /** Errors: `register-changed`, `register-failed`. */
  override async apply(edits: readonly AllowlistEdit[]): Promise<void> {
    if (edits.length === 0) return;
    const change = new vscode.WorkspaceEdit();
    const documents = await Promise.all(
      edits.map(async (edit) => {
        const document = await vscode.workspace.openTextDocument(this.uriOf(edit.file));
        if (document.getText() !== edit.before) throw registerChanged(edit.file);
        const { start, end, text } = differing(edit);
        const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
        change.replace(document.uri, range, text);
        return document;
      }),
    );
    if (!(await vscode.workspace.applyEdit(change)))
      throw registerFailed(this.place, new Error('the editor refused it'));
    for (const document of documents) {
      if (!(await document.save()))
        throw registerFailed(this.place, new Error(`${document.fileName} was not saved`));
    }
  }

  protected override async textOf(file: string): Promise<string> {
    return (await vscode.workspace.openTextDocument(this.uriOf(file))).getText();
  }
}

/** The part in which both texts differ, so that nothing else moves in an open editor. */
function differing({ before, after }: AllowlistEdit): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
