import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { debounced } from './debounce.ts';

const settleMs = 500;
const followedSettings: readonly string[] = ['home', 'production.folder', 'storage.exportsRemote'];

/** Follows files that come and go in the folders on this machine, whoever writes them; follows the settings to other folders. */
export function watchAvatars({ avatars, settings, home }: Services): vscode.Disposable {
  const refresh = debounced(settleMs, () => avatars.refresh());
  let watchers = watch(home(), settings.get('production.folder'), refresh);
  const followed = settings.onDidChange((changed) => {
    if (!changed.some((name) => followedSettings.includes(name))) return;
    watchers.dispose();
    watchers = watch(home(), settings.get('production.folder'), refresh);
    refresh();
  });
  return new vscode.Disposable(() => {
    watchers.dispose();
    followed.dispose();
    refresh.dispose();
  });
}

function watch(home: string, production: string, changed: () => void): vscode.Disposable {
  const globs: readonly (readonly [string, string])[] = [
    [join(home, 'exports'), '*.vrm'],
    [join(home, 'projects'), '*.blend'],
    ...(production === '' ? [] : [[production, '*.vrm'] as const]),
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
