import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** `vsce package` of the extension in `folder`, into the file `out`. */
export async function packVsix(folder: string, out: string): Promise<void> {
  const vsce = join(import.meta.dirname, '../node_modules/@vscode/vsce/vsce');
  const flags = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
  ];
  await promisify(execFile)(process.execPath, [vsce, 'package', ...flags, '--out', out], { cwd: folder });
}
