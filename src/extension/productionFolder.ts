import { isRemotePath } from '../adapters/storage/rcloneCommands.ts';
import type { Settings } from './settings.ts';

/** The folder of production on this machine; null where none is set, or a remote is. */
export function productionFolder(settings: Settings): string | null {
  const place = settings.get('production.folder');
  return place === '' || isRemotePath(place) ? null : place;
}
