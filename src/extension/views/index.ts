import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { avatarBadges } from './avatarBadges.ts';
import { AvatarsTree } from './avatarsTree.ts';
import { createStatusBar } from './statusBar.ts';
import { watchAvatars } from './watchAvatars.ts';
import { WorkstationsTree } from './workstationsTree.ts';

/** Registers the views of the container, the status bar item, and the context keys that menus ask for. */
export function registerViews(services: Services): vscode.Disposable {
  const workstations = new WorkstationsTree(services);
  const avatars = new AvatarsTree(services);
  return vscode.Disposable.from(
    workstations,
    avatars,
    vscode.window.createTreeView('avatarForge.workstations', { treeDataProvider: workstations }),
    vscode.window.createTreeView('avatarForge.avatars', { treeDataProvider: avatars, showCollapseAll: true }),
    vscode.window.registerFileDecorationProvider(avatarBadges),
    createStatusBar(services.workstations),
    watchAvatars(services),
    followContext(services),
  );
}

/** `avatarForge.workstationState`, `avatarForge.hasScreen` and `avatarForge.canUndoRun`, for `when` clauses. */
function followContext({ workstations, approver, settings }: Services): vscode.Disposable {
  const set = (key: string, value: unknown): void =>
    void vscode.commands.executeCommand('setContext', `avatarForge.${key}`, value);
  const follow = (): void => {
    set('workstationState', workstations.state.is);
    set('hasScreen', workstations.info().screenUrl !== null);
    set('canUndoRun', approver.lastRun !== null);
  };
  follow();
  return vscode.Disposable.from(
    workstations.onDidChange(follow),
    approver.onDidChange(follow),
    settings.onDidChange(follow),
  );
}
