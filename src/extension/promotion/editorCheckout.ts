import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
    const changes = await Promise.all(
      edits.map(async ({ file, before, after }) => {
        const document = await vscode.workspace.openTextDocument(this.uriOf(file));
        if (document.getText() !== before) throw registerChanged(file);
        return { document, after };
      }),
    );
    try {
      await write(changes);
    } catch (thrown) {
      const undone = changes.map(({ document }, n) => ({ document, after: edits[n]?.before ?? '' }));
      await write(undone).catch(() => undefined); // the first failure is the one to tell
      throw registerFailed(this.place, thrown);
    }
  }

  protected override async textOf(file: string): Promise<string> {
    return (await vscode.workspace.openTextDocument(this.uriOf(file))).getText();
  }
}

interface DocumentChange {
  readonly document: vscode.TextDocument;
  readonly after: string;
}

/** As one edit, and on the disk when it returns. */
async function write(changes: readonly DocumentChange[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { document, after } of changes) {
    const { start, end, text } = differing(document.getText(), after);
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('the editor refused the edit');
  for (const { document } of changes) await save(document);
}

const saveWithinMs = 10_000;

/** Where `files.autoSave` is at work on it, the editor refuses to be asked as well: then that saves it. */
async function save(document: vscode.TextDocument): Promise<void> {
  if (await document.save()) return;
  const until = performance.now() + saveWithinMs;
  while (document.isDirty) {
    if (performance.now() > until) throw new Error(`${document.fileName} was not saved`);
    await sleep(50);
  }
}

/** The part in which both texts differ, so that nothing else moves in an open editor. */
function differing(before: string, after: string): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
