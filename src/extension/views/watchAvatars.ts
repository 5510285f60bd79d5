import { join } from 'node:path';
import * as vscode from 'vscode';
import { showError } from '../failure.ts';
import { productionFolder } from '../productionFolder.ts';
import { profileOf } from '../profile.ts';
import type { Services } from '../services.ts';
import type { Settings } from '../settings.ts';
import { debounced } from './debounce.ts';

const settleMs = 500;
const followedSettings: readonly string[] = [
  'home',
  'production.folder',
  'storage.exportsRemote',
  'storage.rclonePath',
  'validation.profile',
  'budget.triangles',
];

/** Follows files that come and go in the folders on this machine, whoever writes them; follows the settings to other places. */
export function watchAvatars({ avatars, settings, home, log }: Services): vscode.Disposable {
  const refresh = debounced(settleMs, () => avatars.refresh());
  let watchers = watch(home(), productionFolder(settings), refresh);
  tellIfBad(settings, log);
  const followed = settings.onDidChange((changed) => {
    if (!changed.some((name) => followedSettings.includes(name))) return;
    if (changed.includes('validation.profile')) tellIfBad(settings, log);
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

/** Rows of avatars cannot: without a profile they say nothing of what is in the files. */
function tellIfBad(settings: Settings, log: vscode.LogOutputChannel): void {
  profileOf(settings).catch((thrown: unknown) => {
    showError(log, thrown);
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
