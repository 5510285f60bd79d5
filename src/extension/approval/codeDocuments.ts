import * as vscode from 'vscode';
import { constructsIn } from '../../core/policy.ts';

const scheme = 'avatar-forge-code';

/** Code from a model, as read-only documents; what to look at in it is marked. They last as long as they are shown. */
export class CodeDocuments implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #marks = vscode.languages.createDiagnosticCollection(scheme);
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  #count = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** @param title the name of the editor: letters, digits, spaces */
  async add(title: string, code: string): Promise<vscode.Uri> {
    this.#count += 1;
    const uri = vscode.Uri.from({ scheme, path: `/${this.#count}/${title}.py` });
    const before = preface();
    this.#texts.set(uri.toString(), `${before}${code}`);
    const document = await vscode.workspace.openTextDocument(uri);
    this.#marks.set(
      uri,
      constructsIn(code).map(({ index, length, warning }) => {
        const start = before.length + index;
        const range = new vscode.Range(document.positionAt(start), document.positionAt(start + length));
        const mark = new vscode.Diagnostic(range, warningText(warning), vscode.DiagnosticSeverity.Warning);
        mark.source = 'Avatar Forge';
        return mark;
      }),
    );
    return uri;
  }

  drop(uri: vscode.Uri): void {
    this.#texts.delete(uri.toString());
    this.#marks.delete(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#marks.dispose();
  }
}

/** What stands above the code, always the same: the question about it covers these lines, and none of the code. */
function preface(): string {
  return [
    `# ${vscode.l10n.t('The code below was written by a language model.')}`,
    `# ${vscode.l10n.t('Read it before you let it run: it can do whatever you can do on the machine that Blender runs on.')}`,
    `# ${vscode.l10n.t('A checkpoint is made before it runs; “Undo this run” goes back to it.')}`,
    '#',
    '',
    '',
  ].join('\n');
}

/** The warnings of src/core/policy.ts, in the user's language. */
export function warningText(warning: string): string {
  const texts: Readonly<Record<string, string>> = {
    'starts other programs': vscode.l10n.t('starts other programs'),
    'talks to the network': vscode.l10n.t('talks to the network'),
    'deletes files': vscode.l10n.t('deletes files'),
    'reads or writes files': vscode.l10n.t('reads or writes files'),
    'builds code while running': vscode.l10n.t('builds code while running'),
    'reads the environment': vscode.l10n.t('reads the environment'),
    'holds characters that cannot be seen': vscode.l10n.t('holds characters that cannot be seen'),
  };
  return texts[warning] ?? warning;
}
