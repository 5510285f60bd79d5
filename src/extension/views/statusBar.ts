import * as vscode from 'vscode';
import type { WorkstationService } from '../services.ts';
import { debounced } from './debounce.ts';
import { statusBarText, statusBarTooltip, workstationLabel } from './workstationText.ts';

/** Quick changes (ready, busy, ready) would flicker. */
const settleMs = 250;

/** The workstation's state and latency in the status bar; a click leads to the view. */
export function createStatusBar(workstations: WorkstationService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'avatarForge.workstation',
    vscode.StatusBarAlignment.Left,
    20,
  );
  item.name = vscode.l10n.t('Avatar Forge workstation');
  item.command = 'avatarForge.workstations.focus';
  const show = (): void => {
    const info = workstations.info();
    item.text = statusBarText(info, vscode.l10n.t);
    item.tooltip = new vscode.MarkdownString(statusBarTooltip(info, Date.now(), vscode.l10n.t));
    item.accessibilityInformation = { label: workstationLabel(info, vscode.l10n.t), role: 'button' };
    item.backgroundColor = backgroundOf(info.state.is);
    item.show();
  };
  const refresh = debounced(settleMs, show);
  show();
  return vscode.Disposable.from(item, refresh, workstations.onDidChange(refresh));
}

function backgroundOf(state: string): vscode.ThemeColor | undefined {
  if (state === 'failed') return new vscode.ThemeColor('statusBarItem.errorBackground');
  return state === 'reconnecting' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}
