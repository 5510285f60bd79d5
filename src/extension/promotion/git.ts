import * as vscode from 'vscode';
import type { Repository } from './commitOnBranch.ts';

interface GitApi {
  openRepository(root: vscode.Uri): Promise<Repository | null>;
}

interface GitExtension {
  getAPI(version: 1): GitApi;
}

/** The checkout's repository; null where Git does not know one there. */
export async function repositoryOf(folder: string): Promise<Repository | null> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return null;
  try {
    return await (await extension.activate()).getAPI(1).openRepository(vscode.Uri.file(folder));
  } catch {
    return null; // Git is switched off, or not there
  }
}
