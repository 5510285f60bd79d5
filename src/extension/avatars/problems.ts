import * as vscode from 'vscode';
import { plainText } from '../../core/untrusted.ts';
import { condenseInfos } from '../../core/vrm/condense.ts';
import type { Finding, Severity } from '../../core/vrm/finding.ts';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Findings of checks in the Problems panel, by file. */
export class Problems {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('avatarForge');

  /** In place of what was said of this file before. */
  show(file: string, findings: readonly Finding[]): void {
    this.#diagnostics.set(vscode.Uri.file(file), condenseInfos(findings).map(diagnosticOf));
  }

  dispose(): void {
    this.#diagnostics.dispose();
  }
}

function diagnosticOf({ code, severity, message, next, where, spec }: Finding): vscode.Diagnostic {
  const place = where.bone ?? where.expression ?? where.node ?? where.spring ?? where.image ?? where.pointer;
  const text = plainText(`${place === undefined ? '' : `${place}: `}${message} → ${next}`, 600);
  // A binary file has no lines to point at.
  const diagnostic = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 0), text, severities[severity]);
  diagnostic.source = 'Avatar Forge';
  diagnostic.code = spec === null ? code : { value: code, target: vscode.Uri.parse(spec) };
  return diagnostic;
}
