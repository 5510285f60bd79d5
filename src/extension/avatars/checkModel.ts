import * as vscode from 'vscode';
import { KhronosValidator } from '../../adapters/vrm/khronos.ts';
import { openModel } from '../../adapters/vrm/openModel.ts';
import { previewReportOf } from '../../core/preview/report.ts';
import type { Profile } from '../../core/vrm/profile.ts';
import { checkReading, checkWhole } from '../../core/vrm/validator.ts';
import type { PreviewReport } from '../../protocol/preview.ts';

/** What a preview tells of a model, on this disk or of a virtual workspace. Errors: `model-unreadable`, `validator-failed`. */
export async function checkModel(uri: vscode.Uri, profile: Profile): Promise<PreviewReport> {
  const khronos = new KhronosValidator();
  if (uri.scheme === 'file') {
    const reading = await openModel(uri.fsPath);
    return previewReportOf(await checkReading(khronos, reading, { profile }), reading.totalBytes);
  }
  const bytes = await vscode.workspace.fs.readFile(uri);
  return previewReportOf(await checkWhole(khronos, bytes, { profile }), bytes.length);
}
