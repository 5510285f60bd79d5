import { join } from 'node:path';
import * as vscode from 'vscode';
import { productionFolder } from '../productionFolder.ts';
import type { Services } from '../services.ts';
import { debounced } from './debounce.ts';

const settleMs = 500;
const followedSettings: readonly string[] = [
  'home',
  'production.folder',
  'storage.exportsRemote',
  'storage.rclonePath',
];

/** Follows files that come and go in the folders on this machine, whoever writes them; follows the settings to other places. */
export function watchAvatars({ avatars, settings, home }: Services): vscode.Disposable {
  const refresh = debounced(settleMs, () => avatars.refresh());
  let watchers = watch(home(), productionFolder(settings), refresh);
  const followed = settings.onDidChange((changed) => {
    if (!changed.some((name) => followedSettings.includes(name))) return;
    watchers.dispose();
    watchers = watch(home(), productionFolder(settings), refresh);
    avatars.refresh('everything');
  });
  return new vscode.Disposable(() => {
    watchers.dispose();
    followed.dispose();
    refresh.dispose();
  });
}

function watch(home: string, production: string | null, changed: () => void): vscode.Disposable {
  const globs: readonly (readonly [string, string])[] = [
    [join(home, 'exports'), '*.vrm'],
    [join(home, 'projects'), '*.blend'],
    ...(production === null
      ? []
      : [[production, '*.vrm'] as const, [join(production, 'animations'), '*.vrma'] as const]),
  ];
  return vscode.Disposable.from(
    ...globs.flatMap(([folder, glob]) => {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), glob);
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [
        watcher,
        watcher.onDidCreate(changed),
        watcher.onDidChange(changed),
        watcher.onDidDelete(changed),
      ];
    }),
  );
}
