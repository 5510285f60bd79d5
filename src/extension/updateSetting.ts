import * as vscode from 'vscode';
import type { SettingValues } from './settings.ts';

/** Sets `avatarForge.NAME` where it is set now: for the workspace if that says something, else for the user. */
export async function updateSetting<K extends keyof SettingValues>(
  name: K,
  value: SettingValues[K],
): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('avatarForge');
  if (configuration.get(name) === value) return;
  const ofWorkspace: unknown = configuration.inspect(name)?.workspaceValue;
  const target =
    ofWorkspace === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await configuration.update(name, value, target);
}
